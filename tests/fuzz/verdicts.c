// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdicts.c - fuzzes userd/lib/host/verdict_file.c: each line is a comment, a verdict that holds,
 * or wrong and said so; and who said it is right must read it so.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/verdict_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void count(void *ctx, unsigned int line, const char *text)
{
	(void)line;
	if (!*text)
		abort();
	++*(unsigned int *)ctx;
}

static void check(const struct gth_kept_verdict *k, unsigned int before)
{
	if (k->line <= before || k->v.source != GTH_SOURCE_ROOT || k->v.domain == GTH_DOMAIN_NONE ||
	    k->v.domain >= GTH_DOMAIN_MAX || k->v.class == GTH_CLASS_UNKNOWN ||
	    k->v.class >= GTH_CLASS_MAX)
		abort();
	for (size_t i = 0; i < sizeof(k->v.reserved); i++)
		if (k->v.reserved[i])
			abort();
	if (*k->why && !gth_why_ok(k->why))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gth_verdict_file f;
	unsigned int wrong = 0, lines = 0;
	int err = gth_verdict_file_parse(&f, (const char *)data, size, count, &wrong);

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n' || i == size - 1;
	if (!err != !wrong || f.n + wrong > lines)
		abort();
	for (size_t i = 0; i < f.n; i++) {
		check(&f.at[i], i ? f.at[i - 1].line : 0);
		if (gth_verdict_file_find(&f, &f.at[i].v) != &f.at[i])
			abort();
	}
	gth_verdict_file_free(&f);
	return 0;
}
