// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * manifest.c - fuzzes core/manifest.c.
 *
 * There is one text for one manifest: what is accepted must be, byte for byte,
 * what the fields are written as. So a sloppy parser is found, too.
 */
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "core/manifest.h"
#include "lib/text/manifest_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[GTH_MANIFEST_MAX];
	struct gth_manifest m;
	size_t at;
	int err = gth_manifest_parse_at(&m, (const char *)data, size, &at);

	if (at > size)
		abort();
	if (err)
		return 0;
	if (gth_manifest_format(&m, text, sizeof(text)) != (int)size || memcmp(text, data, size))
		abort();
	return 0;
}
