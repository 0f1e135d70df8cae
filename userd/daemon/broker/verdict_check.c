// SPDX-License-Identifier: GPL-2.0-or-later
/* verdict_check.c - what may pass to the kernel (see gate.h). */
#include "daemon/broker/verdict_check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define EARLY 86400 /* seconds that clocks may differ; a statement's too */

/* gth_gate_init() - what the owner trusts; no statement is known yet */
void gth_gate_init(struct gth_gate *g, const struct gth_trust *trust, const char *country)
{
	memset(g, 0, sizeof(*g));
	g->trust = *trust;
	snprintf(g->country, sizeof(g->country), "%s", country);
}

/* gth_gate_same() - do both trust the same? Then a statement of the one holds for the other. */
bool gth_gate_same(const struct gth_gate *a, const struct gth_gate *b)
{
	return !strcmp(a->country, b->country) && gth_trust_same(&a->trust, &b->trust);
}

/* gth_gate_statement() - from now on verdicts under this statement pass, if it is OK */
enum gth_statement_fault gth_gate_statement(struct gth_gate *g, const char *note, size_t len,
					    uint64_t now)
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
 * gth_gate_verdict() - may this verdict pass?
 * @g: the gate
 * @note: signed
 * @len: its bytes
 * @now: Unix time
 * @v: set if it may; its end is the one that counts
 *
 * Return: 0; 1: its end is sooner than the region says; -ENOKEY: no statement holds now;
 * -EKEYREJECTED: it is not signed by the region; -EBADMSG: it is no verdict; -EXDEV: of another
 * region; -ETIME: it has expired, or was not issued yet.
 */
int gth_gate_verdict(const struct gth_gate *g, const char *note, size_t len, uint64_t now,
		     struct gth_region_verdict *v)
{
	struct gth_region_verdict got;
	size_t text_len;
	bool cut;
	int err;

	if (!g->has_statement || g->statement.expires <= now)
		return -ENOKEY;
	err = gth_note_verify(note, len, &g->statement.region_key, 1, &text_len);
	if (err)
		return err == -ENOMEM ? err : -EKEYREJECTED;
	err = gth_region_verdict_parse(&got, note, text_len);
	if (err)
		return err == -ENOMEM ? err : -EBADMSG;
	if (strcmp(got.region, g->trust.region) != 0)
		return -EXDEV;
	cut = gth_region_verdict_cap(&got, now);
	if (got.expires <= now || got.issued > now + EARLY || got.issued >= got.expires)
		return -ETIME;
	*v = got;
	return cut;
}
