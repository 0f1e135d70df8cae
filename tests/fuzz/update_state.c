// SPDX-License-Identifier: GPL-2.0-or-later
/* update_state.c - fuzzes the reader of how the last update went (docs/formats.md). */
#include "lib/release/update_state.h"
#include "tests/fuzz/texts.h"

TEXTS_READER(update_state)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	texts_read(read_update_state, data, size);
	return 0;
}
