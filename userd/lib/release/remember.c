// SPDX-License-Identifier: GPL-2.0-or-later
/* remember.c - checkpoints that were believed (see remember.h). */
#include "lib/release/remember.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/log/seen.h"
#include "lib/util/root_dir.h"

/**
 * gth_release_memory_open() - what was believed before
 * @state: root's state directory; made if it is missing
 *
 * Another process that judges waits until the descriptor is closed.
 *
 * Return: a descriptor; -EPERM: others than root can write there; another errno.
 */
int gth_release_memory_open(const char *state)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/" GTH_RELEASE_LOGS, state), fd, err;

	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	fd = gth_root_dir_make(state);
	if (fd < 0)
		return fd;
	close(fd);
	fd = gth_root_dir_make(path);
	if (fd < 0)
		return fd;
	while ((err = flock(fd, LOCK_EX) ? -errno : 0) == -EINTR)
		;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* gth_release_key() - of the policy, by which the checkpoints of this origin are signed; or NULL */
const struct gth_verifier *gth_release_key(const struct gth_policy *p, const char *origin)
{
	for (unsigned int i = 0; i < p->logs; i++)
		if (!strcmp(p->log[i].name, origin))
			return &p->log[i];
	return NULL;
}

/*
 * Whether one of the two continues the other is answered only by files that are those of the larger
 * one: files of another log, or damaged ones, must not look like a fork.
 */
static bool find_link(int log, const struct gth_checkpoint *a, const struct gth_checkpoint *b,
		      struct gth_tree_proof *link)
{
	const struct gth_checkpoint *more = a->size > b->size ? a : b, *less = more == a ? b : a;
	uint8_t root[GTH_TLOG_HASH_SIZE];

	if (log < 0 || more->size == less->size || gth_tlog_root(log, more->size, root) ||
	    memcmp(root, more->root, sizeof(root)) != 0)
		return false;
	return !gth_tlog_prove_older(log, more->size, less->size, link);
}

/**
 * gth_release_judge_again() - gth_release_judge(), beside what was believed of this log before
 * @memory: of gth_release_memory_open()
 * @log: directory of the files of the log, which may hold anything; -1: there is none
 * @c: the case; seen and link are set
 * @outcome: set, also if an error is returned: then to that without what was believed before
 * @known: set
 *
 * Return: 0; -EBADMSG: what is remembered is damaged, or was signed by another key of this log; or
 * another errno. The release must not be loaded then.
 */
int gth_release_judge_again(int memory, int log, struct gth_release_case *c,
			    struct gth_release_judgement *j, enum gth_release_outcome *outcome,
			    enum gth_release_memory *known)
{
	static struct gth_checkpoint seen;
	static struct gth_tree_proof link;
	const struct gth_verifier *key;
	int err;

	*known = GTH_MEMORY_NOT_ASKED;
	c->seen = NULL;
	c->link = NULL;
	*outcome = gth_release_judge(c, j);
	key = *outcome && *outcome < GTH_RELEASE_FORKED
		      ? NULL
		      : gth_release_key(c->policy, j->checkpoint.origin);
	if (!key)
		return 0;
	err = gth_seen_load(memory, key, &seen);
	*known = err ? GTH_MEMORY_NONE : GTH_MEMORY_KNOWN;
	if (err)
		return err == -ENOENT ? 0 : err;
	c->seen = &seen;
	if (find_link(log, &seen, &j->checkpoint, &link))
		c->link = &link;
	*outcome = gth_release_judge(c, j);
	return 0;
}

/**
 * gth_release_remember() - the checkpoint of a release that was proved, if it is larger than the
 * one of @c
 *
 * Return: 0: it lasts; or a negative errno.
 */
int gth_release_remember(int memory, const struct gth_release_case *c,
			 const struct gth_release_judgement *j)
{
	const struct gth_verifier *key = gth_release_key(c->policy, j->checkpoint.origin);
	char *note;
	int err;

	if (!key)
		return -EINVAL;
	if (c->seen && !strcmp(c->seen->origin, j->checkpoint.origin) &&
	    c->seen->size >= j->checkpoint.size)
		return 0;
	note = strndup(j->note, j->note_len);
	if (!note)
		return -ENOMEM;
	err = gth_seen_store(memory, key, note);
	free(note);
	return err;
}
