/* SPDX-License-Identifier: GPL-2.0-or-later */
/* age_crypto.h - the four primitives of age v1, by OpenSSL's EVP. */
#ifndef GTH_LIB_AGE_AGE_CRYPTO_H
#define GTH_LIB_AGE_AGE_CRYPTO_H

#include <openssl/types.h>
#include <stddef.h>
#include <stdint.h>

#define GTH_AGE_FILE_KEY_SIZE 16
#define GTH_AGE_NONCE_SIZE 12
#define GTH_AGE_TAG_SIZE 16
#define GTH_AGE_MAC_SIZE 32

int gth_age_random(uint8_t *out, size_t n);
int gth_age_public(uint8_t public[32], const uint8_t secret[32]);
int gth_age_shared(uint8_t shared[32], const uint8_t secret[32], const uint8_t peer[32]);
int gth_age_hkdf(uint8_t key[32], const uint8_t *ikm, size_t ikm_len, const uint8_t *salt,
		 size_t salt_len, const char *info);
int gth_age_hmac(uint8_t mac[GTH_AGE_MAC_SIZE], const uint8_t key[32], const void *data,
		 size_t len);
int gth_age_seal(EVP_CIPHER_CTX *c, const uint8_t key[32], const uint8_t nonce[GTH_AGE_NONCE_SIZE],
		 uint8_t *out, const uint8_t *in, size_t n);
int gth_age_open(EVP_CIPHER_CTX *c, const uint8_t key[32], const uint8_t nonce[GTH_AGE_NONCE_SIZE],
		 uint8_t *out, const uint8_t *in, size_t n);

#endif /* GTH_LIB_AGE_AGE_CRYPTO_H */
