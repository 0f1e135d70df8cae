/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdict_check.h - the broker itself checks that a verdict is of the region that the owner trusts,
 * before it goes to the kernel. The processes that deliver it are not trusted.
 */
#ifndef GTH_DAEMON_BROKER_VERDICT_CHECK_H
#define GTH_DAEMON_BROKER_VERDICT_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/text/exchange.h"
#include "lib/text/residency.h"

struct gth_verdict_check {
	struct gth_trust trust;
	char country[GTH_COUNTRY_SIZE];
	bool has_statement;
	struct gth_statement statement; /* the last that held */
};

void gth_verdict_check_init(struct gth_verdict_check *g, const struct gth_trust *trust,
			    const char *country);
bool gth_verdict_check_same(const struct gth_verdict_check *a, const struct gth_verdict_check *b);
enum gth_statement_fault gth_verdict_check_statement(struct gth_verdict_check *g, const char *note,
						     size_t len, uint64_t now);
int gth_verdict_check_verdict(const struct gth_verdict_check *g, const char *note, size_t len,
			      uint64_t now, struct gth_region_verdict *v);

#endif /* GTH_DAEMON_BROKER_VERDICT_CHECK_H */
