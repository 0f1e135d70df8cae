// SPDX-License-Identifier: GPL-2.0-or-later
/* gate.c - what may pass to the kernel (see gate.h). */
#include "daemon/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define EARLY 86400 /* seconds that clocks may differ; a statement's too */

/* gth_gate_load() - the trust bundle of the configuration; 0 or -errno */
int gth_gate_load(struct gth_gate *g, const struct gth_config *config)
{
	int dir, err;

	memset(g, 0, sizeof(*g));
	memcpy(g->country, config->country, sizeof(g->country));
	dir = open(config->region, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	err = gth_trust_load(&g->trust, dir);
	close(dir);
	return err;
}

/* gth_gate_same() - do both trust the same? Then a statement of the one holds for the other. */
bool gth_gate_same(const struct gth_gate *a, const struct gth_gate *b)
{
	const struct gth_countries *x = &a->trust.serves, *y = &b->trust.serves;

	return !strcmp(a->country, b->country) && !strcmp(a->trust.region, b->trust.region) &&
	       !strcmp(a->trust.country, b->trust.country) && !strcmp(a->trust.url, b->trust.url) &&
	       !strcmp(a->trust.statement_key.name, b->trust.statement_key.name) &&
	       !memcmp(a->trust.statement_key.key, b->trust.statement_key.key,
		       sizeof(a->trust.statement_key.key)) &&
	       x->n == y->n && !memcmp(x->code, y->code, x->n * sizeof(x->code[0]));
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
 * @v: set if it may
 *
 * Return: 0; -ENOKEY: no statement holds now; -EKEYREJECTED: it is not signed by
 * the region; -EBADMSG: it is no verdict; -EXDEV: of another region; -ETIME: it
 * has expired, or was not issued yet.
 */
int gth_gate_verdict(const struct gth_gate *g, const char *note, size_t len, uint64_t now,
		     struct gth_region_verdict *v)
{
	struct gth_region_verdict got;
	size_t text_len;
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
	if (got.expires <= now || got.issued > now + EARLY || got.issued >= got.expires)
		return -ETIME;
	*v = got;
	return 0;
}
