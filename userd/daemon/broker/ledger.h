/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ledger.h - what the broker remembers of digests: who is waited for, and how new
 * the verdict is that the kernel has. It grows to a limit; what was not looked
 * at for longest goes first.
 */
#ifndef GTH_DAEMON_LEDGER_H
#define GTH_DAEMON_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include <linux/gotthard.h>

struct gth_name {
	uint8_t domain; /* enum gth_domain */
	uint8_t digest[GTH_DIGEST_SIZE];
};

TAILQ_HEAD(gth_ledger_list, gth_ledger_entry);

struct gth_ledger {
	void *tree;		     /* of tsearch(3): no order of digests makes it slow */
	struct gth_ledger_list list; /* least recently used first */
	size_t n, max;
};

void gth_ledger_init(struct gth_ledger *l, size_t max);
int gth_ledger_ask(struct gth_ledger *l, const struct gth_name *name);
bool gth_ledger_asked(struct gth_ledger *l, const struct gth_name *name);
bool gth_ledger_known(struct gth_ledger *l, const struct gth_name *name, uint64_t now);
int gth_ledger_verdict(struct gth_ledger *l, const struct gth_name *name, uint64_t issued,
		       uint64_t expires);
void gth_ledger_answered(struct gth_ledger *l, const struct gth_name *name);
void gth_ledger_forget(struct gth_ledger *l, const struct gth_name *name);
void gth_ledger_free(struct gth_ledger *l);

#endif /* GTH_DAEMON_LEDGER_H */
