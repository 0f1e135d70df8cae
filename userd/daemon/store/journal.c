// SPDX-License-Identifier: GPL-2.0-or-later
/* journal.c - the egress journal (see journal.h). */
#include "daemon/store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/util/atomic.h"
#include "lib/util/io.h"
#include "lib/util/make_dir.h"
#include "lib/util/say.h"

#define TELL_MAX 16 /* while so many messages wait for the broker, none are added */
#define WAITS "the daemon's main process has not sent the head of the journal"

void gth_journal_init(struct gth_journal *j, int state_dir, const struct gth_signer *signer,
		      struct gth_reserve *reserve)
{
	memset(j, 0, sizeof(*j));
	j->state_dir = state_dir;
	j->dirfd = -1;
	j->signer = signer;
	j->reserve = reserve;
	j->unkept = -EAGAIN;
	snprintf(j->trouble, sizeof(j->trouble), WAITS);
}

/* Writes the verifier key of this machine as one line, for verifiers of the journal. */
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
	/* Entries under another key keep their key file; gth_tlog_open() would refuse to go on. */
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

/* Does the opened log continue the head that the broker keeps? */
static int check_kept(const struct gth_journal *j)
{
	uint8_t kept[GTH_TLOG_HASH_SIZE], root[GTH_TLOG_HASH_SIZE];
	int err;

	if (gth_tlog_size(j->log) < j->kept.size)
		return -ESTALE;
	err = gth_frontier_root(&j->kept, kept);
	if (!err)
		err = gth_tlog_root(j->dirfd, j->kept.size, root);
	if (!err && memcmp(kept, root, sizeof(root)) != 0)
		err = -ESTALE;
	return err;
}

static int open_log(struct gth_journal *j)
{
	int err;

	if (!j->signer)
		return -ENOKEY;
	if (j->unkept)
		return j->unkept;
	/* A missing journal is not begun anew, so that its directory can be put back. */
	if (j->dirfd < 0 && j->kept.size &&
	    faccessat(j->state_dir, GTH_JOURNAL_DIR, F_OK, AT_SYMLINK_NOFOLLOW) && errno == ENOENT)
		return -ESTALE;
	if (j->dirfd < 0) {
		j->dirfd = gth_make_dir(j->state_dir, GTH_JOURNAL_DIR, 0750);
		if (j->dirfd < 0)
			return j->dirfd;
	}
	err = write_key(j);
	if (!err)
		err = gth_tlog_open(&j->log, j->dirfd, j->signer);
	return err ? err : check_kept(j);
}

/* The error of a journal that does not continue the broker's head. */
static void explain_stale(const struct gth_journal *j, char *text, size_t size)
{
	uint64_t has = j->log ? gth_tlog_size(j->log) : 0;

	if (has < j->kept.size)
		snprintf(text, size,
			 "the egress journal has %llu entries, and the daemon keeps a head of "
			 "%llu: it was deleted or rolled back",
			 (unsigned long long)has, (unsigned long long)j->kept.size);
	else
		snprintf(text, size,
			 "the egress journal is not the one whose head of %llu entries the "
			 "daemon keeps: it was written anew",
			 (unsigned long long)j->kept.size);
	snprintf(text + strlen(text), size - strlen(text),
		 "; put it back, or accept it as it is: gotthardctl egress accept-new");
}

static void leave(struct gth_journal *j)
{
	if (j->log)
		gth_tlog_close(j->log);
	if (j->dirfd >= 0)
		close(j->dirfd);
	j->log = NULL;
	j->dirfd = -1;
}

static void fail(struct gth_journal *j, int err)
{
	char trouble[sizeof(j->trouble)];

	if (err == -ESTALE)
		explain_stale(j, trouble, sizeof(trouble));
	else if (err == -EAGAIN && j->unkept)
		snprintf(trouble, sizeof(trouble), WAITS);
	else if (j->unkept && err == j->unkept)
		snprintf(trouble, sizeof(trouble),
			 "the daemon's main process does not know the head of the journal (%s)",
			 err == -EBADMSG ? "its file is damaged" : strerror(-err));
	else
		snprintf(trouble, sizeof(trouble), "the egress journal cannot be written: %s",
			 !j->signer	  ? "this machine has no key (endpoint.key)"
			 : err == -ENOKEY ? "it belongs to another key; move " GTH_JOURNAL_DIR
					    " away"
			 : err == -EBADMSG ? "it is damaged; move " GTH_JOURNAL_DIR
					     " away, then gotthardctl egress accept-new"
					   : strerror(-err));
	/* At every start the broker's message comes a little later: not logged. */
	if (strcmp(trouble, j->trouble) != 0 && err != -EAGAIN)
		gth_say("%s; nothing is sent", trouble);
	memcpy(j->trouble, trouble, sizeof(trouble));
	/* Closed, because a repair moves the directory away: the name is opened anew. */
	leave(j);
}

/* The disk is full: was room made, so that another try is of use? */
static bool made_room(struct gth_journal *j, int err)
{
	return (err == -ENOSPC || err == -EDQUOT) && j->reserve && gth_reserve_give(j->reserve);
}

/* Does the name still lead to the directory that was opened? */
static bool in_place(const struct gth_journal *j)
{
	struct stat there, here;

	return !fstatat(j->state_dir, GTH_JOURNAL_DIR, &there, AT_SYMLINK_NOFOLLOW) &&
	       !fstat(j->dirfd, &here) && there.st_dev == here.st_dev &&
	       there.st_ino == here.st_ino;
}

/*
 * gth_journal_open() - open the journal, if it is not open
 *
 * If the directory was replaced, the new one is opened and checked.
 * Return: 0; an errno: j->trouble has the reason, which was logged.
 */
int gth_journal_open(struct gth_journal *j)
{
	int err;

	if (j->log && in_place(j))
		return 0;
	leave(j);
	do {
		err = open_log(j);
	} while (made_room(j, err));
	if (err)
		fail(j, err);
	else if (!j->unproven)
		j->trouble[0] = '\0';
	return err;
}

/**
 * gth_journal_look() - check the journal on the disk
 *
 * It is opened anew, which reads and checks its last entries and the hashes up
 * to the root, and compares the root with the broker's. gotthardctl egress
 * verify reads all entries.
 */
void gth_journal_look(struct gth_journal *j)
{
	leave(j);
	gth_journal_open(j);
}

/**
 * gth_journal_kept() - take the head that the broker keeps
 * @m: GTH_MSG_KEPT or GTH_MSG_UNKEPT
 */
void gth_journal_kept(struct gth_journal *j, const struct gth_message *m)
{
	leave(j);
	if (m->type == GTH_MSG_UNKEPT)
		j->unkept = m->number && m->number < 4096 ? -(int)m->number : -EPROTO;
	else
		j->unkept = gth_frontier_set(&j->kept, m->number, m->body, m->size);
	gth_journal_open(j);
}

/**
 * gth_journal_tell() - send the hashes of entries that the broker does not have
 * yet
 *
 * All of them are durable: the log counts no others. Those for which the outbox
 * has no room now are sent later.
 * Return: 0, or a negative errno.
 */
int gth_journal_tell(struct gth_journal *j, struct gth_outbox *to_broker)
{
	uint8_t leaf[GTH_TLOG_LEAVES_MAX][GTH_TLOG_HASH_SIZE];
	int err = 0;

	_Static_assert(GTH_TLOG_LEAVES_MAX <= GTH_LEAVES_MAX, "fits into a message");
	while (!err && j->log && j->kept.size < gth_tlog_size(j->log) && to_broker->n < TELL_MAX) {
		struct gth_frontier tree = j->kept;
		int n = gth_tlog_leaves(j->log, tree.size, leaf);

		err = n < 0 ? n : 0;
		for (int i = 0; i < n && !err; i++)
			err = gth_frontier_add(&tree, leaf[i]);
		if (!err)
			err = gth_outbox_put(to_broker, GTH_MSG_LEAVES, j->kept.size, leaf,
					     (size_t)n * sizeof(leaf[0]), NULL, 0, -1);
		if (!err)
			j->kept = tree;
	}
	return err;
}

static int append(struct gth_journal *j, const struct gth_tlog_entry *entries, size_t n)
{
	size_t added;
	int err = 0;

	for (size_t at = 0; at < n && !err; at += added) {
		do {
			err = gth_tlog_append_all(j->log, entries + at, n - at, &added);
		} while (made_room(j, err));
	}
	return err;
}

/**
 * gth_journal_add_all() - add the entries of requests that are about to leave together
 * @n: 1 to GTH_JOURNAL_AT_ONCE
 *
 * They share one sync. After an error some may have been added; then the journal has more than
 * left.
 *
 * Return: 0: all are on the disk; else none of it may leave.
 */
int gth_journal_add_all(struct gth_journal *j, const struct gth_egress *e, size_t n)
{
	struct gth_tlog_entry entries[GTH_JOURNAL_AT_ONCE];
	char *text[GTH_JOURNAL_AT_ONCE] = { NULL };
	int err = gth_journal_open(j);

	if (err)
		return err;
	if (n > GTH_JOURNAL_AT_ONCE)
		return -EINVAL;
	for (size_t i = 0; i < n && !err; i++) {
		err = gth_egress_format(&e[i], &text[i]);
		if (!err)
			entries[i] = (struct gth_tlog_entry) { text[i], strlen(text[i]) };
	}
	if (!err) {
		err = append(j, entries, n);
		j->unproven = err != 0;
		if (err)
			fail(j, err);
		else
			j->trouble[0] = '\0';
	}
	for (size_t i = 0; i < n; i++)
		free(text[i]);
	return err;
}

/* Return: 0: the entry is on the disk; else nothing may leave. */
int gth_journal_add(struct gth_journal *j, const struct gth_egress *e)
{
	return gth_journal_add_all(j, e, 1);
}

/* The number of entries; 0 if it is not open. */
uint64_t gth_journal_size(const struct gth_journal *j)
{
	return j->log ? gth_tlog_size(j->log) : 0;
}

/* gth_journal_head() - size and root, for the region. Return: 0; -ENOENT: not open; an errno. */
int gth_journal_head(const struct gth_journal *j, uint64_t *size, uint8_t root[GTH_TLOG_HASH_SIZE])
{
	if (!j->log)
		return -ENOENT;
	*size = gth_tlog_size(j->log);
	return gth_tlog_root(j->dirfd, *size, root);
}

/* An entry, with a NUL behind it, to be freed. Return: 0; -ENOENT: there are not as many; an errno.
 */
int gth_journal_read(struct gth_journal *j, uint64_t index, void **text, size_t *len)
{
	return gth_tlog_read(j->dirfd, gth_journal_size(j), index, text, len);
}

void gth_journal_close(struct gth_journal *j)
{
	leave(j);
}
