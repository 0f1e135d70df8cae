/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fields.h - "name: value" lines in one fixed order: a set of values that is signed
 * or kept has exactly one text.
 *
 * A reader goes through the text line by line and names the next line; the first
 * fault is kept, and every later call does nothing. A value is the text after ": "
 * up to LF: 1 to GTH_FIELD_MAX bytes of printable ASCII. A value that may have any
 * bytes (a path) is percent-encoded.
 */
#ifndef GTH_LIB_TEXT_FIELDS_H
#define GTH_LIB_TEXT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/gotthard.h>

#include "lib/log/note.h"

#define GTH_FIELD_MAX 16384
#define GTH_UUID_SIZE 37   /* lower case, with its NUL */
#define GTH_COUNTRY_SIZE 3 /* ISO 3166-1 alpha-2, upper case, with its NUL */
#define GTH_REGION_SIZE 64 /* [a-z0-9][a-z0-9.-]*, with its NUL */
#define GTH_COUNTRIES_MAX 64

struct gth_countries {
	size_t n;
	char code[GTH_COUNTRIES_MAX][GTH_COUNTRY_SIZE]; /* sorted, no two the same */
};

/* Reading */
struct gth_fields {
	const char *at, *end;
	int err;	   /* 0 or -EBADMSG, or -E2BIG: too large for its place */
	const char *wrong; /* the name of the first field that was */
};

void gth_fields_open(struct gth_fields *f, const char *text, size_t len);
void gth_fields_title(struct gth_fields *f, const char *title); /* the first line, whole */
void gth_fields_text(struct gth_fields *f, const char *name, char *out, size_t size);
void gth_fields_number(struct gth_fields *f, const char *name, uint64_t *out);
void gth_fields_digest(struct gth_fields *f, const char *name,
		       uint8_t out[GTH_DIGEST_SIZE]); /* sha256:HEX */
void gth_fields_uuid(struct gth_fields *f, const char *name, char out[GTH_UUID_SIZE]);
void gth_fields_region(struct gth_fields *f, const char *name, char out[GTH_REGION_SIZE]);
void gth_fields_country(struct gth_fields *f, const char *name, char out[GTH_COUNTRY_SIZE]);
void gth_fields_countries(struct gth_fields *f, const char *name, struct gth_countries *out);
void gth_fields_verifier(struct gth_fields *f, const char *name, struct gth_verifier *out);
void gth_fields_word(struct gth_fields *f, const char *name, const char *const *words, int n,
		     int *out);
void gth_fields_bytes(struct gth_fields *f, const char *name, char *out,
		      size_t size);	    /* percent-encoded; "none": empty */
int gth_fields_close(struct gth_fields *f); /* err; -EBADMSG too if something is left */

bool gth_uuid_ok(const char *text);
bool gth_identifier_ok(const char *text);
int gth_countries_parse(struct gth_countries *c, const char *text);
bool gth_countries_have(const struct gth_countries *c, const char *country);

/* Writing: into memory that grows. */
struct gth_text {
	char *text; /* NUL-terminated; to be freed by who takes it */
	size_t len, room;
	int err; /* 0, -ENOMEM, or -EINVAL: no reader would take it */
};

void gth_text_title(struct gth_text *t, const char *title);
void gth_text_put(struct gth_text *t, const char *name, const char *value);
void gth_text_number(struct gth_text *t, const char *name, uint64_t value);
void gth_text_digest(struct gth_text *t, const char *name, const uint8_t digest[GTH_DIGEST_SIZE]);
void gth_text_countries(struct gth_text *t, const char *name, const struct gth_countries *c);
void gth_text_verifier(struct gth_text *t, const char *name, const struct gth_verifier *v);
void gth_text_bytes(struct gth_text *t, const char *name, const char *bytes);
int gth_text_take(struct gth_text *t, char **text); /* err; frees on error */

#endif /* GTH_LIB_TEXT_FIELDS_H */
