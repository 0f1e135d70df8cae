/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fake_broker.h - a broker that notes what it hears of the store under test. */
#ifndef GTH_TEST_FAKE_BROKER_H
#define GTH_TEST_FAKE_BROKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/message.h"
#include "lib/log/tlog.h"
#include "tests/unit/lib/fake_region.h"

extern struct fake_broker {
	struct {
		uint8_t digest[32];
		int finding; /* the last; -1: none */
		unsigned int verdicts, unknown, forgotten;
	} heard[FILES_MAX];
	size_t heard_n;
	unsigned int statements, ready, unable; /* since the store was started */
	struct gth_frontier kept;		/* the journal's head, as the broker keeps it */
	const char *accepted;			/* by whom the journal was; NULL: it never was */
	int unkept;				/* not 0: the broker does not know it: errno */
	bool order_wrong;			/* a verdict before a statement */
} broker;

/* A broker that has heard nothing and keeps the head of an empty journal. */
void broker_fresh(void);

void broker_hears(const struct gth_message *m);

/* The place in heard of what it hears of a file. */
size_t hear(const uint8_t digest[32]);

#endif /* GTH_TEST_FAKE_BROKER_H */
