/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * residency.h - where files may go: the owner's trust bundle, and the region's
 * statement about itself. docs/protocol.md has the texts.
 *
 * The trust bundle is a directory: trust (text), ca.pem. It names the one region
 * there is; a statement that does not match it is refused, whatever its signature.
 */
#ifndef GTH_LIB_TEXT_RESIDENCY_H
#define GTH_LIB_TEXT_RESIDENCY_H

#include "lib/age/age.h"
#include "lib/log/note.h"
#include "lib/text/fields.h"

#define GTH_URL_SIZE 256

struct gth_trust {
	char region[GTH_REGION_SIZE];
	char country[GTH_COUNTRY_SIZE];
	char url[GTH_URL_SIZE]; /* https://HOST:PORT, nothing behind */
	struct gth_verifier statement_key;
	struct gth_countries serves;
};

struct gth_statement {
	char region[GTH_REGION_SIZE];
	char country[GTH_COUNTRY_SIZE];
	uint64_t issued, expires;	    /* Unix time */
	struct gth_age_recipient recipient; /* files are encrypted to it */
	struct gth_verifier region_key;	    /* signs verdicts and receipts */
	uint64_t max_size;		    /* bytes of a file */
	uint64_t retention;		    /* seconds a file is kept at most */
	struct gth_countries serves;
};

enum gth_statement_fault {
	GTH_STATEMENT_OK,
	GTH_STATEMENT_SIGNATURE, /* not by the key of the trust bundle */
	GTH_STATEMENT_TEXT,	 /* is not a statement */
	GTH_STATEMENT_REGION,	 /* of another region or country */
	GTH_STATEMENT_EXPIRED,
	GTH_STATEMENT_EARLY,   /* issued more than a day from now */
	GTH_STATEMENT_OLDER,   /* issued before the one that is pinned */
	GTH_STATEMENT_COUNTRY, /* does not serve the endpoint's country */
	GTH_STATEMENT_FAULTS
};

bool gth_key_is(const struct gth_verifier *v, const char *region, const char *role);

int gth_trust_parse(struct gth_trust *t, const char *text, size_t len);
int gth_trust_format(const struct gth_trust *t, char **text);
bool gth_trust_same(const struct gth_trust *a, const struct gth_trust *b);
int gth_trust_load(struct gth_trust *t, int dirfd);

int gth_statement_parse(struct gth_statement *s, const char *text, size_t len);
int gth_statement_format(const struct gth_statement *s, char **text);

/*
 * gth_statement_check() - is a note a statement under which something may be sent
 * @pinned: the one before, or NULL
 * Return: enum gth_statement_fault; s is set only if OK.
 */
enum gth_statement_fault gth_statement_check(struct gth_statement *s, const char *note, size_t len,
					     const struct gth_trust *t, const char *country,
					     const struct gth_statement *pinned, uint64_t now);
const char *gth_statement_fault_text(enum gth_statement_fault fault);

#endif /* GTH_LIB_TEXT_RESIDENCY_H */
