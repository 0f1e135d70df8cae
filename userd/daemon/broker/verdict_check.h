/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdict_check.h - what may pass to the kernel: verdicts of the region that the owner
 * trusts, checked by the broker itself. Whoever delivers them is not believed.
 */
#ifndef GTH_DAEMON_GATE_H
#define GTH_DAEMON_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/text/exchange.h"
#include "lib/text/residency.h"

struct gth_gate {
	struct gth_trust trust;
	char country[GTH_COUNTRY_SIZE];
	bool has_statement;
	struct gth_statement statement; /* the last that held */
};

void gth_gate_init(struct gth_gate *g, const struct gth_trust *trust, const char *country);
bool gth_gate_same(const struct gth_gate *a, const struct gth_gate *b);
enum gth_statement_fault gth_gate_statement(struct gth_gate *g, const char *note, size_t len,
					    uint64_t now);
int gth_gate_verdict(const struct gth_gate *g, const char *note, size_t len, uint64_t now,
		     struct gth_region_verdict *v);

#endif /* GTH_DAEMON_GATE_H */
