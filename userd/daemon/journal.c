// SPDX-License-Identifier: GPL-2.0-or-later
/* journal.c - the egress journal (see journal.h). */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/atomic.h"
#include "lib/io.h"
#include "lib/make_dir.h"
#include "lib/say.h"

void gth_journal_init(struct gth_journal *j, int state_dir, const struct gth_signer *signer,
		      struct gth_reserve *reserve)
{
	memset(j, 0, sizeof(*j));
	j->state_dir = state_dir;
	j->dirfd = -1;
	j->signer = signer;
	j->reserve = reserve;
}

/* For who verifies it: the verifier key of this machine, as one line. */
static int write_key(struct gth_journal *j)
{
	char key[GTH_NOTE_KEY_SIZE + 1], there[GTH_NOTE_KEY_SIZE + 1];
	struct gth_atomic a, *all[] = { &a };
	ssize_t n = -1;
	size_t len;
	int fd, err = gth_verifier_format(&j->signer->verifier, key);

	if (err)
		return err;
	len = strlen(key);
	key[len++] = '\n';
	fd = openat(j->dirfd, GTH_JOURNAL_KEY, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0) {
		n = gth_read_full(fd, there, sizeof(there));
		close(fd);
	}
	if (n == (ssize_t)len && !memcmp(key, there, len))
		return 0;
	/* Entries under another key stay theirs; gth_tlog_open() would refuse to go on. */
	if (n >= 0 && !faccessat(j->dirfd, "checkpoint", F_OK, AT_SYMLINK_NOFOLLOW))
		return -ENOKEY;
	err = gth_atomic_create(&a, j->dirfd, GTH_JOURNAL_KEY, 0644);
	if (err)
		return err;
	err = gth_write_all(a.fd, key, len);
	if (!err)
		err = gth_atomic_commit(all, 1);
	if (err)
		gth_atomic_abort(&a);
	return err;
}

static int open_log(struct gth_journal *j)
{
	int err;

	if (!j->signer)
		return -ENOKEY;
	if (j->dirfd < 0) {
		j->dirfd = gth_make_dir(j->state_dir, GTH_JOURNAL_DIR, 0750);
		if (j->dirfd < 0)
			return j->dirfd;
	}
	err = write_key(j);
	return err ? err : gth_tlog_open(&j->log, j->dirfd, j->signer);
}

static void fail(struct gth_journal *j, int err)
{
	char trouble[sizeof(j->trouble)];

	snprintf(trouble, sizeof(trouble), "the journal of what leaves cannot be written: %s",
		 !j->signer	   ? "this machine has no key (endpoint.key)"
		 : err == -ENOKEY  ? "it belongs to another key; move " GTH_JOURNAL_DIR " away"
		 : err == -EBADMSG ? "it is damaged; move " GTH_JOURNAL_DIR " away"
				   : strerror(-err));
	if (strcmp(trouble, j->trouble) != 0)
		gth_say("%s; nothing is sent", trouble);
	memcpy(j->trouble, trouble, sizeof(trouble));
	if (j->log)
		gth_tlog_close(j->log);
	j->log = NULL;
	/* Whoever mends it moves the directory away: by its name it is another one then. */
	if (j->dirfd >= 0)
		close(j->dirfd);
	j->dirfd = -1;
}

/* The disk is full: was room made? Then it is worth to try again. */
static bool made_room(struct gth_journal *j, int err)
{
	return (err == -ENOSPC || err == -EDQUOT) && j->reserve && gth_reserve_give(j->reserve);
}

/* Opens it, or tries again. Return: 0; an errno: j->trouble says why, and it was said. */
int gth_journal_open(struct gth_journal *j)
{
	int err;

	if (j->log)
		return 0;
	do {
		err = open_log(j);
	} while (made_room(j, err));
	if (err)
		fail(j, err);
	else if (!j->unproven)
		j->trouble[0] = '\0';
	return err;
}

/* Return: 0: the entry is on the disk; else nothing may leave. */
int gth_journal_add(struct gth_journal *j, const struct gth_egress *e)
{
	char *text = NULL;
	uint64_t index;
	int err = gth_journal_open(j);

	if (err)
		return err;
	err = gth_egress_format(e, &text);
	if (err)
		return err;
	do {
		err = gth_tlog_append(j->log, text, strlen(text), &index);
	} while (made_room(j, err));
	free(text);
	j->unproven = err != 0;
	if (err)
		fail(j, err);
	else
		j->trouble[0] = '\0';
	return err;
}

/* How many entries it has; 0 if it is not open. */
uint64_t gth_journal_size(const struct gth_journal *j)
{
	return j->log ? gth_tlog_size(j->log) : 0;
}

/* An entry, with a NUL behind it, to be freed. Return: 0; -ENOENT: there are not as many; an errno.
 */
int gth_journal_read(struct gth_journal *j, uint64_t index, void **text, size_t *len)
{
	return gth_tlog_read(j->dirfd, gth_journal_size(j), index, text, len);
}

void gth_journal_close(struct gth_journal *j)
{
	if (j->log)
		gth_tlog_close(j->log);
	if (j->dirfd >= 0)
		close(j->dirfd);
	j->log = NULL;
	j->dirfd = -1;
}
