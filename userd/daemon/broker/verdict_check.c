// SPDX-License-Identifier: GPL-2.0-or-later
/* verdict_check.c - which verdicts may go to the kernel (see verdict_check.h). */
#include "daemon/broker/verdict_check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* gth_verdict_check_init() - set the owner's trust; no statement is known yet */
void gth_verdict_check_init(struct gth_verdict_check *g, const struct gth_trust *trust,
			    const char *country)
{
	memset(g, 0, sizeof(*g));
	g->trust = *trust;
	snprintf(g->country, sizeof(g->country), "%s", country);
}

/* gth_verdict_check_same() - do both trust the same? Then a statement that holds for one holds for
 * the other. */
bool gth_verdict_check_same(const struct gth_verdict_check *a, const struct gth_verdict_check *b)
{
	return !strcmp(a->country, b->country) && gth_trust_same(&a->trust, &b->trust);
}

/* gth_verdict_check_statement() - from now on verdicts under this statement pass, if it is OK */
enum gth_statement_fault gth_verdict_check_statement(struct gth_verdict_check *g, const char *note,
						     size_t len, uint64_t now)
{
	struct gth_statement s;
	enum gth_statement_fault fault = gth_statement_check(
		&s, note, len, &g->trust, g->country, g->has_statement ? &g->statement : NULL, now);

	if (fault == GTH_STATEMENT_OK) {
		g->statement = s;
		g->has_statement = true;
	}
	return fault;
}

/**
 * gth_verdict_check_verdict() - may this verdict pass?
 * @g: the check
 * @note: signed
 * @len: its bytes
 * @now: Unix time
 * @v: set if it may; with the time of expiry that applies here
 *
 * Return: as gth_region_verdict_check(); -ENOKEY: no statement holds now.
 */
int gth_verdict_check_verdict(const struct gth_verdict_check *g, const char *note, size_t len,
			      uint64_t now, struct gth_region_verdict *v)
{
	struct gth_region_verdict got;
	int ret;

	if (!g->has_statement || g->statement.expires <= now)
		return -ENOKEY;
	ret = gth_region_verdict_check(&got, note, len, g->trust.region, &g->statement.region_key,
				       now);
	if (ret >= 0)
		*v = got;
	return ret;
}
