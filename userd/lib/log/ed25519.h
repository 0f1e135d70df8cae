/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ed25519.h - signatures of RFC 8032 by raw keys, by OpenSSL. */
#ifndef GTH_LIB_LOG_ED25519_H
#define GTH_LIB_LOG_ED25519_H

#include <stddef.h>
#include <stdint.h>

#define GTH_ED25519_KEY 32	 /* bytes, of a seed and of a public key */
#define GTH_ED25519_SIGNATURE 64 /* bytes */

int gth_ed25519_public(const uint8_t seed[GTH_ED25519_KEY], uint8_t key[GTH_ED25519_KEY]);
int gth_ed25519_sign(const uint8_t seed[GTH_ED25519_KEY], const void *text, size_t len,
		     uint8_t signature[GTH_ED25519_SIGNATURE]);
int gth_ed25519_verify(const uint8_t key[GTH_ED25519_KEY], const void *text, size_t len,
		       const uint8_t signature[GTH_ED25519_SIGNATURE]);

#endif /* GTH_LIB_LOG_ED25519_H */
