// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * egress_head.c - the journal beside the head that the daemon keeps as root: are they one,
 * and if not, root may accept the journal as it is.
 */
#include "egress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctl.h"
#include "daemon.h"
#include "lib/util/atomic.h"
#include "lib/util/io.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/login.h"
#include "lib/util/root_dir.h"
#include "lib/util/say.h"

#define TAKEN_MS 10000 /* the longest wait for a daemon that runs */

static const char *reason(int err)
{
	return err == -EBADMSG ? "is damaged"
	       : err == -EPERM ? "others than root can write there"
			       : strerror(-err);
}

/* egress_head_load() - what is known of the head of the journal */
void egress_head_load(struct egress_head *h, const struct egress_journal *j)
{
	int dir, err;

	memset(h, 0, sizeof(*h));
	if (!j->head_path[0]) {
		h->what = EGRESS_ELSEWHERE;
		return;
	}
	dir = gth_root_dir_open(j->head_path);
	err = dir < 0 ? dir : gth_journal_head_read(&h->head, dir, GTH_JOURNAL_HEAD_FILE);
	if (dir >= 0)
		close(dir);
	h->err = err;
	h->what = !err		   ? EGRESS_KEPT
		  : err == -ENOENT ? EGRESS_NONE
		  : err == -EACCES ? EGRESS_DENIED
				   : EGRESS_BROKEN;
}

static bool same_key(const struct gth_verifier *a, const struct gth_verifier *b)
{
	return !strcmp(a->name, b->name) && !memcmp(a->key, b->key, sizeof(a->key));
}

/**
 * egress_head_check() - does the journal, of @size entries that hold, continue the head?
 * @text: set to why not, for people
 *
 * Return: 0: it does, or nothing is known of a head; -ESTALE: it does not; another
 * errno: that could not be found out.
 */
int egress_head_check(const struct egress_head *h, const struct egress_journal *j, uint64_t size,
		      char *text, size_t len)
{
	unsigned long long has = size, kept = h->head.tree.size;
	uint8_t root[GTH_TLOG_HASH_SIZE], wanted[GTH_TLOG_HASH_SIZE];
	int err;

	if (h->what == EGRESS_BROKEN) {
		snprintf(text, len, "%.300s/" GTH_JOURNAL_HEAD_FILE ": %s: not compared with it",
			 j->head_path, reason(h->err));
		return h->err;
	}
	if (h->what != EGRESS_KEPT)
		return 0;
	if (!same_key(&j->key, &h->head.key)) {
		snprintf(
			text, len,
			"it is signed by another key than the journal whose head the daemon keeps");
		return -ESTALE;
	}
	if (size < h->head.tree.size) {
		snprintf(
			text, len,
			"it has %llu entries, and the daemon keeps a head of %llu: it was deleted or "
			"rolled back",
			has, kept);
		return -ESTALE;
	}
	err = gth_frontier_root(&h->head.tree, wanted);
	if (!err)
		err = gth_tlog_root(j->dir, h->head.tree.size, root);
	if (err) {
		snprintf(text, len, "its root at %llu entries cannot be computed: %s", kept,
			 reason(err));
		return err;
	}
	if (!memcmp(root, wanted, sizeof(root)))
		return 0;
	snprintf(text, len,
		 "its first %llu entries are not those whose head the daemon keeps: it was written "
		 "anew",
		 kept);
	return -ESTALE;
}

/* egress_head_missing() - what a journal means that is not there */
void egress_head_missing(const struct egress_head *h, char *text, size_t len)
{
	if (h->what == EGRESS_KEPT && h->head.tree.size)
		snprintf(text, len,
			 "there is no journal, and the daemon keeps a head of %llu entries: it was "
			 "deleted",
			 (unsigned long long)h->head.tree.size);
	else
		snprintf(
			text, len,
			"No such file or directory (there is no journal before gotthardd has a region)");
}

static int add_leaf(uint64_t index, const void *entry, size_t len, void *arg)
{
	uint8_t leaf[GTH_MERKLE_HASH];
	int err = gth_merkle_leaf(entry, len, leaf);

	(void)index;
	return err ? err : gth_frontier_add(arg, leaf);
}

/* The journal as it is, with all that is to be known of how it came there. */
static int make_accepted(const struct egress_journal *j, const struct egress_head *old,
			 struct gth_journal_head *new, char *text, size_t len)
{
	struct gth_checkpoint c;
	char bad[64];
	int err;

	memset(new, 0, sizeof(*new));
	new->key = old->what == EGRESS_KEPT ? old->head.key : j->key;
	/* A missing one is begun again. */
	err = j->dir < 0 ? 0 : gth_tlog_verify(j->dir, &j->key, add_leaf, &new->tree, &c, bad);
	if (err) {
		egress_explain(err, j, bad, text, len);
		return err;
	}
	new->accepted = (uint64_t)time(NULL);
	new->accepted_by = gth_login_uid();
	if (old->what != EGRESS_KEPT)
		return 0;
	new->replaced_size = old->head.tree.size;
	return gth_frontier_root(&old->head.tree, new->replaced_root);
}

/* Waits for a daemon that runs to take it. Return: has it? */
static bool taken(int dir)
{
	const struct timespec moment = { .tv_nsec = 50000000 };
	bool silent = false;
	json_t *daemon = ctl_health_ask(&silent);

	json_decref(daemon);
	for (int ms = 0; daemon && ms < TAKEN_MS; ms += 50) {
		if (faccessat(dir, GTH_JOURNAL_ACCEPT_FILE, F_OK, AT_SYMLINK_NOFOLLOW))
			return true;
		nanosleep(&moment, NULL);
	}
	return false;
}

/* For the daemon, which alone writes the head: it takes the file's place at its next look. */
static int leave_for_daemon(const struct egress_journal *j, const struct gth_journal_head *new,
			    bool *has)
{
	int dir = gth_root_dir_open(j->head_path), err;

	if (dir < 0)
		return dir;
	gth_atomic_sweep(dir, GTH_JOURNAL_ACCEPT_FILE);
	err = gth_journal_head_write(new, dir, GTH_JOURNAL_ACCEPT_FILE);
	*has = !err && taken(dir);
	close(dir);
	return err;
}

int egress_accept(const struct egress_journal *j)
{
	static struct gth_journal_head new;
	static struct egress_head old;
	char text[512] = "";
	bool has = false;
	int err;

	egress_head_load(&old, j);
	if (old.what == EGRESS_DENIED || old.what == EGRESS_NONE || old.err == -EPERM) {
		gth_say("%s: %s", j->head_path,
			old.what == EGRESS_NONE
				? "the daemon keeps no head yet: there is nothing to accept"
			: old.what == EGRESS_DENIED ? "that needs root"
						    : reason(old.err));
		return CTL_FAILED;
	}
	if (old.what == EGRESS_BROKEN && j->dir < 0) {
		gth_say("%s: %s, and there is no journal: remove " GTH_JOURNAL_HEAD_FILE
			" from it, and restart gotthardd",
			j->head_path, reason(old.err));
		return CTL_FAILED;
	}
	if (j->dir >= 0 && old.what == EGRESS_KEPT && !same_key(&j->key, &old.head.key)) {
		gth_say("%s: it is signed by another key than this machine's: move it away",
			j->path);
		return CTL_FAILED;
	}
	err = make_accepted(j, &old, &new, text, sizeof(text));
	if (err) {
		gth_say("%s: %s", j->path, text[0] ? text : strerror(-err));
		return CTL_FAILED;
	}
	if (j->dir < 0 && !old.head.tree.size) {
		gth_say("%s: no journal was begun yet: there is nothing to accept", j->path);
		return CTL_FAILED;
	}
	if (j->dir >= 0 && !egress_head_check(&old, j, new.tree.size, text, sizeof(text))) {
		gth_say("%s: it is the journal whose head the daemon keeps: there is nothing to accept",
			j->path);
		return CTL_FAILED;
	}
	err = leave_for_daemon(j, &new, &has);
	if (err) {
		gth_say("%s: %s", j->head_path, reason(err));
		return CTL_FAILED;
	}
	if (gth_listing.json)
		return gth_json_print(json_pack("{s:I, s:I, s:I, s:b}", "entries",
						(json_int_t) new.tree.size, "replaced_entries",
						(json_int_t) new.replaced_size, "accepted_by",
						(json_int_t) new.accepted_by, "taken", has))
			       ? CTL_FAILED
			       : CTL_OK;
	printf("a journal of %llu entries is accepted by uid %llu in place of one of %llu: %s\n",
	       (unsigned long long)new.tree.size, (unsigned long long)new.accepted_by,
	       (unsigned long long)new.replaced_size,
	       has ? "gotthardd has taken it" : "gotthardd takes it when it runs");
	return CTL_OK;
}
