// SPDX-License-Identifier: GPL-2.0-or-later
/* magic.c - fuzzes core/magic.c: more bytes of a file never make code data. */
#include <stdlib.h>

#include "core/limits.h"
#include "core/magic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = size < GTH_MAGIC_BYTES ? size : GTH_MAGIC_BYTES;
	bool code = gth_magic_is_code(data, len);

	if (!code && (gth_magic_is_code(data, len / 2) || gth_magic_is_code(data, 0)))
		abort();
	if (code && !gth_magic_is_code(data, size))
		abort();
	return 0;
}
