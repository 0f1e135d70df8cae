// SPDX-License-Identifier: GPL-2.0-or-later
/* journal_head.c - fuzzes the reader of what root keeps of the journal (docs/formats.md). */
#include "lib/text/journal_head.h"
#include "tests/fuzz/texts.h"

TEXTS_READER(journal_head)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	texts_read(read_journal_head, data, size);
	return 0;
}
