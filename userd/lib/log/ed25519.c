// SPDX-License-Identifier: GPL-2.0-or-later
/* ed25519.c - signatures of RFC 8032 (see ed25519.h). */
#include "lib/log/ed25519.h"

#include <errno.h>
#include <stdbool.h>

#include <openssl/evp.h>

static EVP_PKEY *private_key(const uint8_t seed[GTH_ED25519_KEY])
{
	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, GTH_ED25519_KEY);
}

/* gth_ed25519_public() - the public key of a seed. Return: 0 or -ENOMEM. */
int gth_ed25519_public(const uint8_t seed[GTH_ED25519_KEY], uint8_t key[GTH_ED25519_KEY])
{
	EVP_PKEY *pair = private_key(seed);
	size_t len = GTH_ED25519_KEY;
	bool ok = pair && EVP_PKEY_get_raw_public_key(pair, key, &len) == 1;

	EVP_PKEY_free(pair);
	return ok ? 0 : -ENOMEM;
}

/* gth_ed25519_sign() - one signature for one text and key. Return: 0 or -ENOMEM. */
int gth_ed25519_sign(const uint8_t seed[GTH_ED25519_KEY], const void *text, size_t len,
		     uint8_t signature[GTH_ED25519_SIGNATURE])
{
	EVP_PKEY *key = private_key(seed);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t size = GTH_ED25519_SIGNATURE;
	bool ok = key && ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
		  EVP_DigestSign(ctx, signature, &size, text, len) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok ? 0 : -ENOMEM;
}

/* gth_ed25519_verify() - 0: a signature of the text by the key; -EKEYREJECTED: not one; -ENOMEM */
int gth_ed25519_verify(const uint8_t key[GTH_ED25519_KEY], const void *text, size_t len,
		       const uint8_t signature[GTH_ED25519_SIGNATURE])
{
	EVP_PKEY *public =
		EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, GTH_ED25519_KEY);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int err = -ENOMEM;

	if (public && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, public) == 1)
		err = EVP_DigestVerify(ctx, signature, GTH_ED25519_SIGNATURE, text, len) == 1
			      ? 0
			      : -EKEYREJECTED;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(public);
	return err;
}
