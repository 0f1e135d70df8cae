// SPDX-License-Identifier: GPL-2.0-or-later
/* list.c - fuzzes userd/sigtool/list.c; the first byte chooses the format. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sigtool/list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum list_format format;
	struct list_entry entry;
	const char *line, *why;
	int err;

	if (!size)
		return 0;
	line = (const char *)data + 1;
	format = (enum list_format)(data[0] % LIST_FORMAT_MAX);
	if (format == LIST_AUTO)
		format = list_detect(line, size - 1);
	err = list_parse(format, line, size - 1, &entry, &why);
	if (!err && format == LIST_AUTO && entry.kind != LIST_NONE)
		abort();
	if (!err && memchr(line, '\r', size - 1))
		abort();
	if (!err != !why || (!err && entry.kind >= LIST_KIND_MAX))
		abort();
	return 0;
}
