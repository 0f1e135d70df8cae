/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rollback.h - the broker's record of digests: is a task waiting for it, and when was the verdict
 * issued that the kernel has? It grows to a limit; the least recently used digest is dropped first.
 */
#ifndef GTH_DAEMON_BROKER_ROLLBACK_H
#define GTH_DAEMON_BROKER_ROLLBACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include <linux/gotthard.h>

struct gth_name {
	uint8_t domain; /* enum gth_domain */
	uint8_t digest[GTH_DIGEST_SIZE];
};

TAILQ_HEAD(gth_rollback_list, gth_rollback_entry);

struct gth_rollback {
	void *tree;		       /* of tsearch(3): no order of digests makes it slow */
	struct gth_rollback_list list; /* least recently used first */
	size_t n, max;
};

void gth_rollback_init(struct gth_rollback *l, size_t max);
int gth_rollback_ask(struct gth_rollback *l, const struct gth_name *name);
bool gth_rollback_asked(struct gth_rollback *l, const struct gth_name *name);
bool gth_rollback_known(struct gth_rollback *l, const struct gth_name *name, uint64_t now);
int gth_rollback_verdict(struct gth_rollback *l, const struct gth_name *name, uint64_t issued,
			 uint64_t expires);
void gth_rollback_answered(struct gth_rollback *l, const struct gth_name *name);
void gth_rollback_forget(struct gth_rollback *l, const struct gth_name *name);
void gth_rollback_free(struct gth_rollback *l);

#endif /* GTH_DAEMON_BROKER_ROLLBACK_H */
