// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * opener.c - opens, executes and maps what is in a slot, and knows what must
 * come of it (see race.h).
 *
 * If the slot held still: what is listed is denied, with EPERM, and what is not
 * is allowed and is the very content. An open of a hot file may go unhashed
 * (core/rehash_limit.h): if some open did meanwhile, as the counter of the module tells,
 * a listed file that was allowed says nothing.
 */
#include "race.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const gth_race_names[GTH_RACE_KINDS] = { "open", "link", "exec", "mmap", "mprotect" };

/* A file that could be opened once, to be mapped later. */
static struct {
	struct gth_slot *slot;
	gth_u64 ino;
	int fd;
} kept = { .fd = -1 };

static void count(unsigned int *n)
{
	__atomic_fetch_add(n, 1, __ATOMIC_SEQ_CST);
}

static void wrong(struct gth_race *race, enum gth_race_kind kind, const struct gth_slot *slot,
		  const struct gth_sight *s, const char *what, int value)
{
	gth_stress_fault(race->stress, "%s of %s (inode %llu%s), content %d, %s: %s %d",
			 gth_race_names[kind], slot->path, s->ino,
			 slot->in_place ? ", rewritten" : "", s->content,
			 s->listed ? "listed" : "not listed", what, value);
}

/* The slot held still, and the operation was allowed (0) or denied. */
static void settle(struct gth_race *race, enum gth_race_kind kind, const struct gth_slot *slot,
		   const struct gth_sight *s, int err, bool hot)
{
	struct gth_tally *t = &race->tally[kind];

	if (err && err != -EPERM)
		wrong(race, kind, slot, s, "error", err);
	else if (s->listed && err)
		count(&t->denied);
	else if (s->listed && hot)
		count(&t->hot);
	else if (s->listed)
		wrong(race, kind, slot, s, "allowed", 0);
	else if (!err)
		count(&t->allowed);
	else if (kind == GTH_RACE_MPROTECT)
		count(&t->unjudged);
	else
		wrong(race, kind, slot, s, "denied", err);
}

/* Which content this is; GTH_CONTENTS: none, or a part of one */
static enum gth_content_id recognise(const struct gth_race_files *files, const uint8_t *data,
				     ssize_t n)
{
	int i;

	for (i = 0; i < GTH_CONTENTS; i++)
		if (n == (ssize_t)files->content[i].len &&
		    !memcmp(data, files->content[i].image, (size_t)n))
			break;
	return (enum gth_content_id)i;
}

/* Every content, before an open. */
struct before {
	uint32_t seq[GTH_CONTENTS];
	bool listed[GTH_CONTENTS];
	gth_u64 hot;
};

static struct before note(struct gth_race_files *files)
{
	struct before b = { .hot = gth_stat("skipped_hot") };

	for (int i = 0; i < GTH_CONTENTS; i++) {
		b.seq[i] = __atomic_load_n(&files->content[i].seq, __ATOMIC_SEQ_CST);
		b.listed[i] = __atomic_load_n(&files->content[i].listed, __ATOMIC_SEQ_CST);
	}
	return b;
}

static bool was_listed(struct gth_race_files *files, const struct before *b, enum gth_content_id i)
{
	return b->listed[i] && !(b->seq[i] & 1) &&
	       __atomic_load_n(&files->content[i].seq, __ATOMIC_SEQ_CST) == b->seq[i];
}

static void open_and_read(struct gth_race *race, enum gth_race_kind kind, struct gth_slot *slot,
			  const struct gth_sight *s, const char *path)
{
	struct before before = note(race->files);
	enum gth_content_id content = GTH_CONTENTS;
	uint8_t data[GTH_CONTENT_MAX + 1];
	struct stat st = { .st_ino = 0 };
	int fd = gth_open_fd(path, O_RDONLY);
	bool hot;

	if (fd >= 0) {
		content = recognise(race->files, data, read(fd, data, sizeof(data)));
		fstat(fd, &st);
	} else if (fd != -EPERM) {
		wrong(race, kind, slot, s, "error", fd);
	}
	hot = gth_stat("skipped_hot") != before.hot;
	if (gth_still(race->files, slot, s)) {
		settle(race, kind, slot, s, fd < 0 ? fd : 0, hot);
		if (fd >= 0 && content != s->content)
			wrong(race, kind, slot, s, "other content", content);
		if (fd >= 0 && st.st_ino != s->ino)
			wrong(race, kind, slot, s, "other inode", (int)st.st_ino);
	} else {
		count(&race->moving);
	}
	/* Such a file has one content from the moment it has the name, whatever else moves. */
	if (fd >= 0 && !slot->in_place && content == GTH_CONTENTS)
		wrong(race, kind, slot, s, "no whole content", 0);
	if (fd >= 0 && !slot->in_place && !hot && content != GTH_CONTENTS &&
	    was_listed(race->files, &before, content))
		wrong(race, kind, slot, s, "read listed content", content);
	if (fd >= 0 && kind == GTH_RACE_OPEN && gth_random(2)) {
		if (kept.fd >= 0)
			close(kept.fd);
		kept.slot = slot;
		kept.ino = st.st_ino;
		kept.fd = fd;
	} else if (fd >= 0) {
		close(fd);
	}
}

static void execute(struct gth_race *race, struct gth_slot *slot, const struct gth_sight *s)
{
	int ret = gth_exec(slot->path);

	if (gth_still(race->files, slot, s)) {
		settle(race, GTH_RACE_EXEC, slot, s, ret < 0 ? ret : 0, false);
		if (ret >= 0 && ret != race->files->content[s->content].exit_status)
			wrong(race, GTH_RACE_EXEC, slot, s, "exit status", ret);
		return;
	}
	count(&race->moving);
	/* Half written it may be no program, or one that crashes. */
	if (ret < 0 && ret != -EPERM && ret != -ETXTBSY && ret != -ENOEXEC && ret != -EINTR)
		wrong(race, GTH_RACE_EXEC, slot, s, "error", ret);
}

/* The descriptor is older than what the file holds now. */
static void map_kept(struct gth_race *race)
{
	enum gth_race_kind kind = gth_random(2) ? GTH_RACE_MAP : GTH_RACE_MPROTECT;
	struct gth_sight s = gth_look(race->files, kept.slot);
	int err = kind == GTH_RACE_MAP ? gth_map(kept.fd, PROT_READ | PROT_EXEC)
				       : gth_map_gains_exec(kept.fd);

	if (kind == GTH_RACE_MPROTECT && err == -EACCES)
		err = -EPERM;
	/* The name may belong to another file by now; what is kept is alive, so its number is. */
	if (s.ino == kept.ino && gth_still(race->files, kept.slot, &s))
		settle(race, kind, kept.slot, &s, err, false);
	else
		count(&race->moving);
}

/* As a user: so many denials use up the events of the user that they concern. */
static void become(struct gth_race *race)
{
	static bool done;

	if (!done && (gth_become_user() || setpriority(PRIO_PROCESS, 0, 10)))
		gth_stress_fault(race->stress, "cannot become a user: %d", errno);
	done = true;
}

void gth_race_opener(void *arg)
{
	struct gth_race *race = arg;
	struct gth_slot *slot = &race->files->slot[gth_random(GTH_SLOTS)];
	unsigned int what = (unsigned int)gth_random(16);
	struct gth_sight s;

	become(race);
	/* Others want to get on as well. */
	if (!gth_random(3))
		gth_pause((unsigned int)gth_random(30000));
	if (what < 6 && kept.fd >= 0) {
		map_kept(race);
		return;
	}
	s = gth_look(race->files, slot);
	/* The result is not known: the hooks may be gone. */
	if (!s.stable && gth_random(2))
		gth_pause(10000);
	if (what < 8)
		execute(race, slot, &s);
	else
		open_and_read(race, GTH_RACE_OPEN, slot, &s, slot->path);
}

/* A hard link, renamed, is another name of the same file; its mode and times change too. */
void gth_race_linker(void *arg)
{
	struct gth_race *race = arg;
	struct gth_slot *slot = &race->files->slot[gth_random(GTH_SLOTS)];
	struct gth_sight s = gth_look(race->files, slot);
	char from[128], to[128];

	snprintf(from, sizeof(from), "%s/link-%d", race->place.dir, getpid());
	snprintf(to, sizeof(to), "%s/name-%d", race->place.dir, getpid());
	if (link(slot->path, from)) {
		/* The file that was found under the name lost it meanwhile. */
		if (errno != ENOENT || gth_still(race->files, slot, &s))
			gth_stress_fault(race->stress, "link of %s: %d", slot->path, errno);
		return;
	}
	if (rename(from, to))
		gth_stress_fault(race->stress, "rename of %s: %d", from, errno);
	open_and_read(race, GTH_RACE_LINK, slot, &s, to);
	/* Where it counts as a change it makes a file hot: not those that are always checked. */
	if (slot->in_place && gth_random(2) && chmod(to, gth_random(2) ? 0755 : 0555))
		gth_stress_fault(race->stress, "chmod of %s: %d", to, errno);
	if (slot->in_place && gth_random(2) && utimensat(AT_FDCWD, to, NULL, 0))
		gth_stress_fault(race->stress, "utimensat of %s: %d", to, errno);
	if (unlink(to))
		gth_stress_fault(race->stress, "unlink of %s: %d", to, errno);
	gth_pause((unsigned int)gth_random(20000));
}
