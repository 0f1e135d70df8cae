// SPDX-License-Identifier: GPL-2.0-or-later
/* history.c - fuzzes the reader of the history of tables: userd/lib/release/history.c. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/release/history.h"

static void count(void *ctx, unsigned int line, const char *text)
{
	(void)line;
	*(unsigned int *)ctx += *text != '\0';
}

/* An accepted act is written again, and is on the line from which it was read. */
static void check_line(const char *text, size_t len, const struct gth_history_act *a)
{
	char line[GTH_HISTORY_LINE_MAX];
	int n = gth_history_format(a, line);

	if (n < 0 || !memmem(text, len, line, (size_t)n))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int wrong = 0;
	struct gth_history h;
	int err = gth_history_parse(&h, (const char *)data, size, count, &wrong);

	/* A fault has a text. */
	if (!err != !wrong || h.n > GTH_HISTORY_ACTS)
		abort();
	for (size_t i = 0; i < h.n; i++)
		check_line((const char *)data, size, &h.act[i]);
	gth_history_free(&h);
	return 0;
}
