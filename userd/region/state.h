/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state.h - the region's database: SQLite in WAL mode, durable at each commit.
 *
 * One connection, one lock: the functions of submissions.h and verdicts.h take
 * it themselves, and nothing else is locked under it.
 */
#ifndef REGION_STATE_H
#define REGION_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/host/sql.h"

/* A thread that waits for the end of one submission. */
struct region_waiter {
	struct region_waiter *next;
	const char *id;
	pthread_cond_t ended;
};

struct region_state {
	sqlite3 *db;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* of the queue: the analysis looks again */
	struct region_waiter *waiters;
	uint64_t turn;	      /* usage.spent of the endpoint that had the last turn */
	atomic_bool stopping; /* all threads end */
};

int region_state_open(struct region_state *s, const char *path, bool create);
void region_state_close(struct region_state *s);

int region_begin(struct region_state *s); /* takes the lock if 0 */
int region_end(struct region_state *s, int err);
void region_wait(struct region_state *s, uint64_t ms); /* with the lock held */
void region_changed(struct region_state *s);	       /* with the lock held */
void region_await(struct region_state *s, struct region_waiter *w, uint64_t ms);
void region_wake(struct region_state *s, const char *id);
void region_stop(struct region_state *s);

int region_endpoint_add(struct region_state *s, const char *name, const char *key,
			const char *serial, uint64_t now);
int region_endpoint_remove(struct region_state *s, const char *name);
int region_endpoint_admit(struct region_state *s, const char *name, const char *serial);
int region_endpoint_key(struct region_state *s, const char *name, char *key, size_t size);

#endif /* REGION_STATE_H */
