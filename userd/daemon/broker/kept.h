/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kept.h - the broker keeps the head of the egress journal, in root's own directory, so that a
 * store under an attacker's control can only add to the journal.
 *
 * The order on the disk: the store's entry first, then this head. The store sends hashes of entries
 * that are durable, so after a power cut the journal is ahead of the head, or equal, never behind;
 * the store sends the difference when it starts. So the head need not be written at once: a thread
 * writes it, at most once a second, and the broker's loop never waits for a disk.
 */
#ifndef GTH_DAEMON_BROKER_KEPT_H
#define GTH_DAEMON_BROKER_KEPT_H

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "lib/text/journal_head.h"

struct gth_kept {
	int dir;	     /* -1: not open */
	char path[PATH_MAX]; /* of the directory */
	struct gth_journal_head head;
	int err;	/* not 0: the head is not known, and nothing may leave */
	int write_err;	/* the last writing failed */
	bool dirty;	/* the file is older than head */
	uint64_t since; /* ms of CLOCK_MONOTONIC: the start of the last write */
	/* The thread that writes; while it runs, dir stays open and `writing` belongs to it. */
	bool runs;
	pthread_t writer;
	struct gth_journal_head writing;
	int written; /* its result */
	atomic_bool ended;
};

void gth_kept_init(struct gth_kept *k);
void gth_kept_open(struct gth_kept *k, const char *state, const struct gth_verifier *key);
int gth_kept_add(struct gth_kept *k, uint64_t first, const void *leaves, size_t len);
bool gth_kept_step(struct gth_kept *k, uint64_t now);
bool gth_kept_problem(const struct gth_kept *k, char *text, size_t size);
void gth_kept_close(struct gth_kept *k);

#endif /* GTH_DAEMON_BROKER_KEPT_H */
