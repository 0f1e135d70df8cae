// SPDX-License-Identifier: GPL-2.0-or-later
/* listing.c - lists for people (see listing.h). */
#include "lib/util/listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/hex.h"
#include "lib/util/program.h"

#define KEY_NO_TRUNC 0x4701 /* beyond those of the commands */
#define KEY_BYTES 0x4702
#define COLUMNS_MAX 16

struct gth_listing gth_listing;

static error_t parse(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	switch (key) {
	case 'j':
		gth_listing.json = true;
		return 0;
	case KEY_NO_TRUNC:
		gth_listing.whole = true;
		return 0;
	case KEY_BYTES:
		gth_listing.bytes = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option json_option[] = {
	{ "json", 'j', NULL, 0, "answer in JSON", 0 },
	{ 0 },
};
static const struct argp_option unit_option[] = {
	{ "bytes", KEY_BYTES, NULL, 0, "sizes in bytes, not in units", 0 },
	{ 0 },
};
static const struct argp_option list_option[] = {
	{ "no-trunc", KEY_NO_TRUNC, NULL, 0, "digests whole", 0 },
	{ 0 },
};

static const struct argp json = { .options = json_option,
				  .parser = parse,
				  .children = gth_argp_children };
const struct argp_child gth_json_children[] = { { &json, 0, NULL, 0 }, { 0 } };
static const struct argp units = { .options = unit_option,
				   .parser = parse,
				   .children = gth_json_children };
const struct argp_child gth_unit_children[] = { { &units, 0, NULL, 0 }, { 0 } };
static const struct argp list = { .options = list_option,
				  .parser = parse,
				  .children = gth_unit_children };
const struct argp_child gth_list_children[] = { { &list, 0, NULL, 0 }, { 0 } };

/* gth_listing_digits() - how many a digest has in a list */
int gth_listing_digits(void)
{
	return gth_listing.whole ? 64 : GTH_LISTING_DIGITS;
}

/* gth_listing_digest() - the digits of a digest that a list shows */
void gth_listing_digest(char out[GTH_DIGEST_TEXT], const uint8_t digest[GTH_DIGEST_SIZE])
{
	gth_hex_encode(out, digest, GTH_DIGEST_SIZE);
	out[gth_listing_digits()] = '\0';
}

/* gth_listing_units() - 999, 1.5 KiB, 64.0 MiB; digits alone with --bytes */
void gth_listing_units(char out[GTH_UNITS_SIZE], unsigned long long bytes)
{
	static const char *const names[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = (double)bytes;
	size_t unit = 0;

	if (gth_listing.bytes || bytes < 1024) {
		snprintf(out, GTH_UNITS_SIZE, "%llu", bytes);
		return;
	}
	/* 1023.96 would be written as 1024.0 */
	value /= 1024;
	while (value >= 1023.95) {
		value /= 1024;
		unit++;
	}
	snprintf(out, GTH_UNITS_SIZE, "%.1f %s", value, names[unit]);
}

/* gth_listing_size() - the same in a sentence: 999 bytes, 1.5 KiB */
void gth_listing_size(char out[GTH_UNITS_SIZE], unsigned long long bytes)
{
	gth_listing_units(out, bytes);
	if (!strchr(out, ' '))
		snprintf(out, GTH_UNITS_SIZE, "%llu bytes", bytes);
}

/**
 * gth_listing_row() - a line, without blanks at its end
 * @cells: as many as there are columns; they hold nothing that steers a terminal
 */
void gth_listing_row(const struct gth_column *columns, const char *const *cells)
{
	int blanks = 0;

	for (; columns->title; columns++, cells++) {
		int len = (int)strlen(*cells), pad = abs(columns->width) - len;

		if (pad < 0)
			pad = 0;
		if (columns->width < 0)
			blanks += pad;
		if (len)
			printf("%*s%s", blanks, "", *cells);
		blanks = (len ? 0 : blanks) + (columns->width < 0 ? 0 : pad) + 2;
	}
	putchar('\n');
}

/* gth_listing_head() - the titles, as a line */
void gth_listing_head(const struct gth_column *columns)
{
	const char *titles[COLUMNS_MAX];
	size_t n = 0;

	for (; columns[n].title && n < COLUMNS_MAX; n++)
		titles[n] = columns[n].title;
	gth_listing_row(columns, titles);
}
