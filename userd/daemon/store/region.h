/* SPDX-License-Identifier: GPL-2.0-or-later */
/* region.h - the region's statement, and what is signed under it. */
#ifndef GTH_DAEMON_STORE_REGION_H
#define GTH_DAEMON_STORE_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/message.h"
#include "daemon/store/consent.h"
#include "lib/text/residency.h"

struct gth_store_region {
	const struct gth_trust *trust; /* as configured; NULL: there is no region */
	struct gth_statement statement;
	bool pinned;  /* there is a statement, if only from an earlier run */
	bool fresh;   /* the region was asked in this run, and its answer holds */
	bool refused; /* the broker refused it */
	bool told;    /* the broker has it */
	enum gth_statement_fault fault;
	char *note;	   /* the pinned statement's */
	char trouble[160]; /* the last error of the region, for people */
	uint64_t due;	   /* ms, of gth_boot_ms(): it is asked for its statement */
};

struct gth_store;

void gth_region_begin(struct gth_store *s);
bool gth_region_signed(const struct gth_store_region *r, const char *note);
bool gth_region_usable(struct gth_store *s);
void gth_region_consent(const struct gth_store *s, struct gth_consent *c);
void gth_region_statement(struct gth_store *s, const char *note, size_t len);
void gth_region_rejected(struct gth_store *s, const struct gth_message *m);
const char *gth_region_state(const struct gth_store *s);
int gth_region_take_verdict(struct gth_store *s, const char *note,
			    const uint8_t digest[GTH_DIGEST_SIZE], bool only_of_use);
int gth_region_take_receipt(struct gth_store *s, const char *id, const char *note);
int gth_region_take_deletion(struct gth_store *s, const char *id, const char *note);

#endif /* GTH_DAEMON_STORE_REGION_H */
