// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exchange.c - fuzzes the readers of submissions, receipts, deletions, verdicts and trust
 * bundles; the first byte chooses which.
 */
#include "lib/text/exchange.h"
#include "lib/text/residency.h"
#include "tests/fuzz/texts.h"

TEXTS_READER(submission)
TEXTS_READER(receipt)
TEXTS_READER(deletion)
TEXTS_READER(region_verdict)
TEXTS_READER(trust)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(const char *, size_t) = {
		read_submission, read_receipt, read_deletion, read_region_verdict, read_trust,
	};

	if (size)
		texts_read(readers[(data[0] - '0') % 5U], data + 1, size - 1);
	return 0;
}
