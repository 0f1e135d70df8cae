// SPDX-License-Identifier: GPL-2.0-or-later
/* progress.c - how far a long command has come (see progress.h). */
#include "lib/util/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "lib/util/clock.h"
#include "lib/util/visible.h"

/* Calls for which the clock is not asked: they come in millions. */
#define STRIDE 16384

static double now(void)
{
	return (double)gth_monotonic_ms() / 1e3;
}

void gth_progress_init(struct gth_progress *p, bool always)
{
	bool terminal = isatty(STDERR_FILENO);

	*p = (struct gth_progress) { .on = always || terminal, .terminal = terminal };
	p->next = now() + 0.5;
}

/* @total is 0 when it is not known. May be called for each item. */
void gth_progress_show(struct gth_progress *p, const char *what, unsigned long long done,
		       unsigned long long total)
{
	double t;

	if (!p->on || p->calls++ % STRIDE)
		return;
	t = now();
	if (t < p->next)
		return;
	p->next = t + (p->terminal ? 0.2 : 2);
	p->shown = true;
	if (p->terminal)
		fputs("\r\033[K", stderr);
	fprintf(stderr, "%s: %llu", gth_shown(what), done);
	if (total)
		fprintf(stderr, " of %llu (%.0f %%)", total, 100.0 * (double)done / (double)total);
	if (!p->terminal)
		fputc('\n', stderr);
	fflush(stderr);
}

/* To be called before anything else is written to stderr, and at the end. */
void gth_progress_clear(struct gth_progress *p)
{
	if (p->shown && p->terminal)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
