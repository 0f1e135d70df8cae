// SPDX-License-Identifier: GPL-2.0-or-later
/* kept.c - the broker keeps the head of the egress journal (see kept.h). */
#include "daemon/broker/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/message.h"
#include "lib/util/atomic.h"
#include "lib/util/hex.h"
#include "lib/util/root_dir.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"

#define FILE_NAME GTH_JOURNAL_HEAD_FILE
#define ACCEPT GTH_JOURNAL_ACCEPT_FILE
#define HASH GTH_MERKLE_HASH
#define PERIOD_MS 1000 /* between two writes */

void gth_kept_init(struct gth_kept *k)
{
	memset(k, 0, sizeof(*k));
	k->dir = -1;
	k->err = -ENOENT;
}

static bool same_key(const struct gth_verifier *a, const struct gth_verifier *b)
{
	return !strcmp(a->name, b->name) && !memcmp(a->id, b->id, sizeof(a->id)) &&
	       !memcmp(a->key, b->key, sizeof(a->key));
}

/* The name under which the head of another key's journal is kept. */
static void name_of(char name[64], const struct gth_verifier *key)
{
	char id[2 * sizeof(key->id) + 1] = "";

	gth_hex_encode(id, key->id, sizeof(key->id));
	snprintf(name, 64, FILE_NAME ".%.8s", id);
}

/*
 * Loads the head of this key's journal. An endpoint that was enrolled anew has another key, and
 * another journal: the head of the former journal is kept under another name.
 */
static int load(struct gth_kept *k, const struct gth_verifier *key)
{
	char name[64];
	int err = gth_journal_head_read(&k->head, k->dir, FILE_NAME);

	if (!err && same_key(&k->head.key, key))
		return 0;
	if (!err) {
		name_of(name, &k->head.key);
		gth_say("the endpoint has another key: the head of the journal before is set aside as %s/%s",
			k->path, name);
		err = renameat(k->dir, FILE_NAME, k->dir, name) || fsync(k->dir) ? -errno : -ENOENT;
	}
	if (err != -ENOENT)
		return err;
	name_of(name, key);
	err = gth_journal_head_read(&k->head, k->dir, name);
	if (!err && !same_key(&k->head.key, key))
		err = -ENOENT;
	if (err && err != -ENOENT)
		return err;
	if (err) {
		memset(&k->head, 0, sizeof(k->head));
		k->head.key = *key;
	}
	/* Written at once: later, a missing file must mean damage, not a new machine. */
	return gth_journal_head_write(&k->head, k->dir, FILE_NAME);
}

/* Takes the result of a write; a failed one is tried again. */
static void take_result(struct gth_kept *k, int err)
{
	if (err && err != k->write_err)
		gth_say("%s/" FILE_NAME ": cannot be written: %s; tried again", k->path,
			strerror(-err));
	k->write_err = err;
	k->dirty |= err != 0;
}

static void *write_head(void *arg)
{
	struct gth_kept *k = arg;

	k->written = gth_journal_head_write(&k->writing, k->dir, FILE_NAME);
	atomic_store(&k->ended, true);
	return NULL;
}

/* Waits for the thread if it runs, and takes its result. */
static void join(struct gth_kept *k)
{
	if (!k->runs)
		return;
	pthread_join(k->writer, NULL);
	k->runs = false;
	take_result(k, k->written);
}

static void say_accepted(const struct gth_kept *k)
{
	const struct gth_journal_head *h = &k->head;

	gth_say("uid %llu has accepted another egress journal: %llu entries, in place of %llu",
		(unsigned long long)h->accepted_by, (unsigned long long)h->tree.size,
		(unsigned long long)h->replaced_size);
}

/*
 * Takes the file of gotthardctl egress accept-new, if it is about the head that is kept now. The
 * head is written first and the file removed then: after a crash in between, the file is about a
 * former head and is refused.
 * Return: is there another head?
 */
static bool take_accepted(struct gth_kept *k, const struct gth_verifier *key)
{
	struct gth_journal_head h;
	uint8_t root[HASH];
	int err = gth_journal_head_read(&h, k->dir, ACCEPT);

	if (err == -ENOENT)
		return false;
	/* The thread's older head must not be written after the new one. */
	join(k);
	if (!err && !k->err)
		err = gth_frontier_root(&k->head.tree, root);
	if (!err && (!same_key(&h.key, key) || !h.accepted ||
		     (!k->err && (h.replaced_size != k->head.tree.size ||
				  memcmp(h.replaced_root, root, HASH) != 0))))
		err = -ESTALE;
	if (!err)
		err = gth_journal_head_write(&h, k->dir, FILE_NAME);
	if (err && err != -ESTALE && err != -EBADMSG) {
		k->write_err = err;
		return false;
	}
	unlinkat(k->dir, ACCEPT, 0);
	if (err) {
		gth_say("%s/" ACCEPT
			" names another head of the journal than the one that is kept: "
			"not accepted; give gotthardctl egress accept-new again",
			k->path);
		return false;
	}
	k->head = h;
	k->err = k->write_err = 0;
	k->dirty = false;
	say_accepted(k);
	return true;
}

/**
 * gth_kept_open() - of a state directory and a key
 * @state: the directory of the store
 * @key: the endpoint's
 *
 * If both are as before, nothing is read anew. An error is logged, and is in k->err.
 */
void gth_kept_open(struct gth_kept *k, const char *state, const struct gth_verifier *key)
{
	char path[sizeof(k->path)];
	int err = gth_journal_head_path(path, sizeof(path), state);

	if (!err && k->dir >= 0 && !k->err && !strcmp(path, k->path) && same_key(&k->head.key, key))
		return;
	gth_kept_close(k);
	memcpy(k->path, path, sizeof(path));
	if (!err) {
		k->dir = gth_root_dir_make(path);
		err = k->dir < 0 ? k->dir : 0;
	}
	if (!err) {
		gth_atomic_sweep(k->dir, FILE_NAME);
		err = load(k, key);
		k->err = err;
		k->head.key = *key;
		if (take_accepted(k, key))
			err = 0;
	}
	k->err = err;
	if (err)
		gth_say("%s: the head of the journal is not known (%s); nothing is sent", path,
			err == -EPERM	  ? "others than root can write there"
			: err == -EBADMSG ? "damaged"
					  : strerror(-err));
}

/**
 * gth_kept_add() - entries that the store has added
 * @first: the number of the first one
 * @leaves: their hashes
 * @len: of @leaves, in bytes
 *
 * Return: 0; -EPROTO: they do not follow what is kept; -ENOMEM: none was taken.
 */
int gth_kept_add(struct gth_kept *k, uint64_t first, const void *leaves, size_t len)
{
	const uint8_t(*leaf)[HASH] = leaves;
	struct gth_frontier tree = k->head.tree;
	int err = 0;

	if (k->err || first != tree.size || !len || len % HASH)
		return -EPROTO;
	for (size_t i = 0; i < len / HASH && !err; i++)
		err = gth_frontier_add(&tree, leaf[i]);
	if (err)
		return err == -EOVERFLOW ? -EPROTO : err;
	k->head.tree = tree;
	k->dirty = true;
	return 0;
}

/* Starts the thread that writes the head. */
static void begin_write(struct gth_kept *k, uint64_t now)
{
	int err;

	k->since = now;
	k->writing = k->head;
	atomic_store(&k->ended, false);
	err = pthread_create(&k->writer, NULL, write_head, k);
	k->runs = !err;
	if (err)
		take_result(k, -err);
	else
		k->dirty = false;
}

/**
 * gth_kept_step() - in each turn of the loop
 * @now: CLOCK_MONOTONIC in ms
 *
 * Return: was another journal accepted? Then the caller tells the store its head.
 */
bool gth_kept_step(struct gth_kept *k, uint64_t now)
{
	if (k->dir < 0)
		return false;
	if (k->runs && atomic_load(&k->ended))
		join(k);
	if (k->dirty && !k->runs && now - k->since >= PERIOD_MS)
		begin_write(k, now);
	if (faccessat(k->dir, ACCEPT, F_OK, AT_SYMLINK_NOFOLLOW))
		return false;
	return take_accepted(k, &k->head.key);
}

/* gth_kept_problem() - for gotthardctl status. Return: is there one? */
bool gth_kept_problem(const struct gth_kept *k, char *text, size_t size)
{
	int err = k->err ? k->err : k->write_err;

	/* Without a region there is no journal, and no directory. */
	if (!err || !k->path[0])
		return false;
	snprintf(text, size, "%s: the head of the egress journal %s: %s%s", k->path,
		 k->err ? "is not known, and nothing is sent" : "cannot be written",
		 err == -EPERM	   ? "others than root can write there"
		 : err == -EBADMSG ? "damaged"
				   : strerror(-err),
		 err == -EBADMSG ? " (gotthardctl egress accept-new)" : "");
	return true;
}

void gth_kept_close(struct gth_kept *k)
{
	join(k);
	if (k->dirty)
		take_result(k, gth_journal_head_write(&k->head, k->dir, FILE_NAME));
	if (k->dir >= 0)
		close(k->dir);
	gth_kept_init(k);
}
