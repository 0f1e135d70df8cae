/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * consent.h - may this be sent? Takes facts about a file and the owner's
 * permissions, and returns the reason why not. Pure: no files, no clock, no
 * memory.
 */
#ifndef GTH_DAEMON_STORE_CONSENT_H
#define GTH_DAEMON_STORE_CONSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/host/config.h"
#include "lib/text/egress.h"

/* The permissions. */
struct gth_consent {
	const struct gth_config *config;
	const uid_t *owners; /* [exclude] owner, as numbers */
	size_t owners_n;
	const struct gth_trust *trust;	       /* NULL: no region */
	const struct gth_statement *statement; /* NULL: none that holds */
};

/* The facts about a file. */
struct gth_file_info {
	bool readable;	     /* there is a descriptor, of a regular file */
	const char *path[2]; /* its paths; NULL: none */
	bool path_whole;     /* the paths are known from their first byte on */
	bool owner_told;
	uid_t owner;
	const char *filesystem; /* types, with a space between if it may be one of several; NULL or
				   empty: not known */
	uint64_t size;		/* bytes */
	enum gth_data_class class; /* GTH_D3 or GTH_D4 */
};

enum gth_withheld gth_consent_region(const struct gth_consent *c);
enum gth_withheld gth_consent_excluded(const struct gth_consent *c, const struct gth_file_info *f);
enum gth_withheld gth_consent_lookup(const struct gth_consent *c, const struct gth_file_info *f);
enum gth_withheld gth_consent_file(const struct gth_consent *c, const struct gth_file_info *f);
bool gth_consent_waits(const struct gth_consent *c, enum gth_withheld reason);

#endif /* GTH_DAEMON_STORE_CONSENT_H */
