// SPDX-License-Identifier: GPL-2.0-or-later
/* floors.c - fuzzes the reader of the floors that root keeps: userd/lib/host/floors.c. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/floors.h"

static void count(void *ctx, unsigned int line, const char *text)
{
	(void)line;
	*(unsigned int *)ctx += *text != '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int wrong = 0;
	struct gth_floors list;
	int err = gth_floors_parse(&list, (const char *)data, size, count, &wrong);

	/* A fault has a text; an accepted floor has a name that ends, and a version. */
	if (!err != !wrong || list.n > GTH_FLOORS_MAX)
		abort();
	for (unsigned int i = 0; i < list.n; i++)
		if (!list.floor[i].name[0] || !memchr(list.floor[i].name, 0, GTH_NAME_SIZE) ||
		    !list.floor[i].version)
			abort();
	return 0;
}
