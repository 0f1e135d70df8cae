// SPDX-License-Identifier: GPL-2.0-or-later
/* egress.c - fuzzes the reader of journal entries. */
#include "lib/text/egress.h"
#include "tests/fuzz/texts.h"

TEXTS_READER(egress)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	texts_read(read_egress, data, size);
	return 0;
}
