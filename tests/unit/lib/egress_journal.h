/* SPDX-License-Identifier: GPL-2.0-or-later */
/* egress_journal.h - what the journal of the store under test holds. */
#ifndef GTH_TEST_EGRESS_JOURNAL_H
#define GTH_TEST_EGRESS_JOURNAL_H

#include <stdbool.h>

#include "lib/text/egress.h"

extern struct egress_journal {
	unsigned int kinds[GTH_EGRESS_KINDS], reasons[GTH_WITHHELD_REASONS];
	unsigned int more[GTH_WITHHELD_REASONS]; /* of those that have no entry of their own */
} journal;

/* Verifies it and counts its entries. Return: 0 or an error of gth_tlog_verify(). */
int read_journal(void);

/* Is there an entry for every order that came out? A killed store may have one more. */
bool journal_covers(void);

#endif /* GTH_TEST_EGRESS_JOURNAL_H */
