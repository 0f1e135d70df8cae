// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * age_crypto.c - X25519, HKDF, HMAC and ChaCha20-Poly1305 (see age_crypto.h).
 *
 * Each function returns 0 or a negative errno. -ENOMEM is what every failure of
 * OpenSSL becomes that no input can cause: no memory, no random numbers, or a
 * configuration without the cipher.
 */
#include "lib/age/age_crypto.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <string.h>

/* Random bytes that are to stay secret. */
int gth_age_random(uint8_t *out, size_t n)
{
	return RAND_priv_bytes(out, (int)n) == 1 ? 0 : -ENOMEM;
}

/* The public half of an X25519 key. */
int gth_age_public(uint8_t public[32], const uint8_t secret[32])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, 32);
	size_t len = 32;
	int err = -ENOMEM;

	if (key && EVP_PKEY_get_raw_public_key(key, public, &len) == 1 && len == 32)
		err = 0;
	EVP_PKEY_free(key);
	return err;
}

/* RFC 7748. Return: -EKEYREJECTED: @peer is a point of low order, so the secret would be 0. */
int gth_age_shared(uint8_t shared[32], const uint8_t secret[32], const uint8_t peer[32])
{
	EVP_PKEY *own = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, 32);
	EVP_PKEY *other = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, peer, 32);
	EVP_PKEY_CTX *c = own ? EVP_PKEY_CTX_new(own, NULL) : NULL;
	static const uint8_t zero[32];
	size_t len = 32;
	int err = -ENOMEM;

	if (c && other && EVP_PKEY_derive_init(c) == 1 && EVP_PKEY_derive_set_peer(c, other) == 1) {
		/* OpenSSL refuses the zero secret by itself, but does not promise it. */
		err = EVP_PKEY_derive(c, shared, &len) == 1 && len == 32 &&
				      CRYPTO_memcmp(shared, zero, 32)
			      ? 0
			      : -EKEYREJECTED;
	}
	EVP_PKEY_CTX_free(c);
	EVP_PKEY_free(other);
	EVP_PKEY_free(own);
	return err;
}

/* HKDF with SHA-256 (RFC 5869), 32 bytes; a @salt_len of 0 means no salt. */
int gth_age_hkdf(uint8_t key[32], const uint8_t *ikm, size_t ikm_len, const uint8_t *salt,
		 size_t salt_len, const char *info)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *c = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	OSSL_PARAM params[5], *p = params;
	int err = -ENOMEM;

	/* The casts take const away; OpenSSL only reads. */
	*p++ = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0);
	*p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)ikm, ikm_len);
	*p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, strlen(info));
	if (salt_len)
		*p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt,
							 salt_len);
	*p = OSSL_PARAM_construct_end();
	if (c && EVP_KDF_derive(c, key, 32, params) == 1)
		err = 0;
	EVP_KDF_CTX_free(c);
	EVP_KDF_free(kdf);
	return err;
}

/* HMAC with SHA-256 (RFC 2104). */
int gth_age_hmac(uint8_t mac[GTH_AGE_MAC_SIZE], const uint8_t key[32], const void *data, size_t len)
{
	size_t n = 0;

	if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, 32, data, len, mac,
		       GTH_AGE_MAC_SIZE, &n) ||
	    n != GTH_AGE_MAC_SIZE)
		return -ENOMEM;
	return 0;
}

/*
 * ChaCha20-Poly1305 (RFC 8439) of @n bytes, at most 64 KiB; @out may be @in.
 * Sealing writes @n bytes and the tag behind them.
 */
int gth_age_seal(EVP_CIPHER_CTX *c, const uint8_t key[32], const uint8_t nonce[GTH_AGE_NONCE_SIZE],
		 uint8_t *out, const uint8_t *in, size_t n)
{
	int len;

	if (EVP_EncryptInit_ex(c, EVP_chacha20_poly1305(), NULL, key, nonce) != 1 ||
	    (n && EVP_EncryptUpdate(c, out, &len, in, (int)n) != 1) ||
	    EVP_EncryptFinal_ex(c, out + n, &len) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, GTH_AGE_TAG_SIZE, out + n) != 1)
		return -ENOMEM;
	return 0;
}

/*
 * The reverse, of @n bytes of ciphertext with the tag behind them. Return: -EBADMSG:
 * the tag is another; then what was written to @out must not be used.
 */
int gth_age_open(EVP_CIPHER_CTX *c, const uint8_t key[32], const uint8_t nonce[GTH_AGE_NONCE_SIZE],
		 uint8_t *out, const uint8_t *in, size_t n)
{
	uint8_t tag[GTH_AGE_TAG_SIZE];
	int len;

	memcpy(tag, in + n, sizeof(tag));
	if (EVP_DecryptInit_ex(c, EVP_chacha20_poly1305(), NULL, key, nonce) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, sizeof(tag), tag) != 1 ||
	    (n && EVP_DecryptUpdate(c, out, &len, in, (int)n) != 1))
		return -ENOMEM;
	return EVP_DecryptFinal_ex(c, out + n, &len) == 1 ? 0 : -EBADMSG;
}
