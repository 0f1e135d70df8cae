/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * age.h - files encrypted to X25519 recipients in the format age v1
 * (age-encryption.org/v1), by OpenSSL's ciphers; no armor, no passphrases.
 *
 * Memory does not grow with the file: it goes through in chunks of 64 KiB.
 */
#ifndef GTH_LIB_AGE_AGE_H
#define GTH_LIB_AGE_AGE_H

#include <stddef.h>
#include <stdint.h>

#define GTH_AGE_KEY_SIZE 32
#define GTH_AGE_RECIPIENT_SIZE 63 /* "age1…", with its NUL */
#define GTH_AGE_IDENTITY_SIZE 75  /* "AGE-SECRET-KEY-1…", with its NUL */
#define GTH_AGE_RECIPIENTS_MAX 4
#define GTH_AGE_HEADER_MAX (16 << 10) /* bytes; one that is longer is refused */

struct gth_age_recipient {
	uint8_t key[GTH_AGE_KEY_SIZE];
};

struct gth_age_identity {
	uint8_t key[GTH_AGE_KEY_SIZE]; /* secret: gth_age_forget() after use */
};

int gth_age_recipient_parse(struct gth_age_recipient *r, const char *text);
int gth_age_recipient_format(const struct gth_age_recipient *r, char text[GTH_AGE_RECIPIENT_SIZE]);
int gth_age_identity_create(struct gth_age_identity *i);
int gth_age_identity_parse(struct gth_age_identity *i, const char *text);
int gth_age_identity_format(const struct gth_age_identity *i, char text[GTH_AGE_IDENTITY_SIZE]);
int gth_age_identity_recipient(const struct gth_age_identity *i, struct gth_age_recipient *r);
void gth_age_forget(struct gth_age_identity *i);

int gth_age_encrypt(int in, int out, const struct gth_age_recipient *r, size_t n);
int gth_age_decrypt(int in, int out, const struct gth_age_identity *i, uint64_t max);
uint64_t gth_age_size(uint64_t plain, size_t n);

#endif /* GTH_LIB_AGE_AGE_H */
