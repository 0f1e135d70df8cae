/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * listing.h - lists for people, the same in all programs: a header line, columns, short
 * digests, times of lib/utc.h, sizes in units; and the options that change that.
 *
 * JSON is never cut: it has whole digests, seconds and bytes.
 */
#ifndef GTH_LIB_UTIL_LISTING_H
#define GTH_LIB_UTIL_LISTING_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include <linux/gotthard.h>

#define GTH_LISTING_DIGITS 12 /* of a digest, unless --no-trunc */
#define GTH_UNITS_SIZE 32     /* bytes of a size as text */
#define GTH_DIGEST_TEXT 65    /* bytes of a digest as text */

/* The options of the command line; of the one command that a process runs. */
struct gth_listing {
	bool json;  /* --json */
	bool whole; /* --no-trunc */
	bool bytes; /* --bytes */
};

extern struct gth_listing gth_listing;

/* For the children of a struct argp, in place of gth_argp_children: */
extern const struct argp_child gth_json_children[]; /* --json, -h */
extern const struct argp_child gth_unit_children[]; /* --bytes, --json, -h */
extern const struct argp_child gth_list_children[]; /* --no-trunc, --bytes, --json, -h */

struct gth_column {
	const char *title; /* NULL ends them */
	int width;	   /* letters; negative: to the right; 0: as long as it is */
};

int gth_listing_digits(void);
void gth_listing_digest(char out[GTH_DIGEST_TEXT], const uint8_t digest[GTH_DIGEST_SIZE]);
void gth_listing_units(char out[GTH_UNITS_SIZE], unsigned long long bytes);
void gth_listing_size(char out[GTH_UNITS_SIZE], unsigned long long bytes);
void gth_listing_head(const struct gth_column *columns);
void gth_listing_row(const struct gth_column *columns, const char *const *cells);

#endif /* GTH_LIB_UTIL_LISTING_H */
