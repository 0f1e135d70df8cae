/* SPDX-License-Identifier: GPL-2.0-or-later */
/* age_payload.h - the payload of an age file: a nonce, and chunks sealed one by one (STREAM). */
#ifndef GTH_LIB_AGE_AGE_PAYLOAD_H
#define GTH_LIB_AGE_AGE_PAYLOAD_H

#include "lib/age/age_crypto.h"

#define GTH_AGE_CHUNK_SIZE (64 << 10)
#define GTH_AGE_SALT_SIZE 16 /* the payload's nonce, as the format calls it */

/* Where bytes come from: those that were read ahead, then those of a file. */
struct gth_age_source {
	const char *ahead;
	size_t left;
	int fd;
};

int gth_age_payload_seal(struct gth_age_source *in, int out,
			 const uint8_t file_key[GTH_AGE_FILE_KEY_SIZE]);
int gth_age_payload_open(struct gth_age_source *in, int out,
			 const uint8_t file_key[GTH_AGE_FILE_KEY_SIZE], uint64_t max);

#endif /* GTH_LIB_AGE_AGE_PAYLOAD_H */
