/* SPDX-License-Identifier: GPL-2.0-or-later */
/* age_header.h - the header of an age file: its text, and the file key in it. */
#ifndef GTH_LIB_AGE_AGE_HEADER_H
#define GTH_LIB_AGE_AGE_HEADER_H

#include <stdbool.h>

#include "lib/age/age.h"
#include "lib/age/age_base64.h"
#include "lib/age/age_crypto.h"

#define GTH_AGE_VERSION_LINE "age-encryption.org/v1\n"
#define GTH_AGE_WRAPPED_SIZE (GTH_AGE_FILE_KEY_SIZE + GTH_AGE_TAG_SIZE)

/* Bytes of what is written: "-> X25519 SHARE", LF, BODY, LF; and "--- MAC", LF. */
#define GTH_AGE_STANZA_SIZE (10 + GTH_AGE_BASE64_LEN(32) + 1 + GTH_AGE_BASE64_LEN(32) + 1)
#define GTH_AGE_HEADER_SIZE(n)                                                                     \
	(sizeof(GTH_AGE_VERSION_LINE) - 1 + (n)*GTH_AGE_STANZA_SIZE + 4 +                          \
	 GTH_AGE_BASE64_LEN(GTH_AGE_MAC_SIZE) + 1)

/* The file key for one X25519 recipient. */
struct gth_age_stanza {
	uint8_t share[GTH_AGE_KEY_SIZE];       /* an ephemeral public key */
	uint8_t wrapped[GTH_AGE_WRAPPED_SIZE]; /* sealed, with its tag */
};

/* The content of a header. About 11 KiB. */
struct gth_age_header {
	size_t size;	/* bytes, with the last LF; the payload begins there */
	size_t covered; /* by the MAC: up to "---" and with it */
	uint8_t mac[GTH_AGE_MAC_SIZE];
	size_t count; /* stanzas[] in use; those of other types are left out */
	struct gth_age_stanza stanzas[GTH_AGE_HEADER_MAX / GTH_AGE_STANZA_SIZE];
};

int gth_age_header_parse(struct gth_age_header *h, const char *data, size_t len);
size_t gth_age_header_format(char *text, const struct gth_age_stanza *stanzas, size_t n);
void gth_age_header_finish(char *text, size_t covered, const uint8_t mac[GTH_AGE_MAC_SIZE]);

int gth_age_wrap(struct gth_age_stanza *s, const struct gth_age_recipient *r,
		 const uint8_t file_key[GTH_AGE_FILE_KEY_SIZE]);
int gth_age_unwrap(uint8_t file_key[GTH_AGE_FILE_KEY_SIZE], const struct gth_age_header *h,
		   const struct gth_age_identity *i);
int gth_age_header_mac(uint8_t mac[GTH_AGE_MAC_SIZE], const char *text, size_t covered,
		       const uint8_t file_key[GTH_AGE_FILE_KEY_SIZE]);

#endif /* GTH_LIB_AGE_AGE_HEADER_H */
