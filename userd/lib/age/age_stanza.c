// SPDX-License-Identifier: GPL-2.0-or-later
/* age_stanza.c - the file key: wrapped for recipients, and the header's MAC by it (see
 * age_header.h). */
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "lib/age/age_header.h"

/* Each wrap key is used once, so its nonce may be 0. */
static const uint8_t zero_nonce[GTH_AGE_NONCE_SIZE];

/* The key that wraps the file key, from one's own secret and the other's public key. */
static int wrap_key(uint8_t key[32], const uint8_t secret[32], const uint8_t peer[32],
		    const uint8_t share[32], const uint8_t recipient[32])
{
	uint8_t shared[32], salt[64];
	int err;

	memcpy(salt, share, 32);
	memcpy(salt + 32, recipient, 32);
	err = gth_age_shared(shared, secret, peer);
	if (!err)
		err = gth_age_hkdf(key, shared, sizeof(shared), salt, sizeof(salt),
				   "age-encryption.org/v1/X25519");
	OPENSSL_cleanse(shared, sizeof(shared));
	return err;
}

/* Return: 0, -ENOMEM; -EKEYREJECTED: the recipient's key is of low order. */
int gth_age_wrap(struct gth_age_stanza *s, const struct gth_age_recipient *r,
		 const uint8_t file_key[GTH_AGE_FILE_KEY_SIZE])
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t ephemeral[GTH_AGE_KEY_SIZE], key[32];
	int err = c ? gth_age_random(ephemeral, sizeof(ephemeral)) : -ENOMEM;

	if (!err)
		err = gth_age_public(s->share, ephemeral);
	if (!err)
		err = wrap_key(key, ephemeral, r->key, s->share, r->key);
	if (!err)
		err = gth_age_seal(c, key, zero_nonce, s->wrapped, file_key, GTH_AGE_FILE_KEY_SIZE);
	OPENSSL_cleanse(ephemeral, sizeof(ephemeral));
	OPENSSL_cleanse(key, sizeof(key));
	EVP_CIPHER_CTX_free(c);
	return err;
}

/*
 * The first stanza that opens counts. Return: 0, -ENOMEM; -ENOKEY: none opens;
 * -EBADMSG: a share of low order came first.
 */
int gth_age_unwrap(uint8_t file_key[GTH_AGE_FILE_KEY_SIZE], const struct gth_age_header *h,
		   const struct gth_age_identity *i)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	struct gth_age_recipient own;
	uint8_t key[32];
	int err = c ? gth_age_identity_recipient(i, &own) : -ENOMEM;
	bool found = false;

	for (size_t at = 0; !err && !found && at < h->count; at++) {
		const struct gth_age_stanza *s = &h->stanzas[at];

		err = wrap_key(key, i->key, s->share, s->share, own.key);
		if (err == -EKEYREJECTED)
			err = -EBADMSG;
		if (err)
			break;
		err = gth_age_open(c, key, zero_nonce, file_key, s->wrapped, GTH_AGE_FILE_KEY_SIZE);
		found = !err;
		if (err == -EBADMSG)
			err = 0;
	}
	OPENSSL_cleanse(key, sizeof(key));
	EVP_CIPHER_CTX_free(c);
	return err ? err : found ? 0 : -ENOKEY;
}

/* The MAC over the header's first @covered bytes. Return: 0 or -ENOMEM. */
int gth_age_header_mac(uint8_t mac[GTH_AGE_MAC_SIZE], const char *text, size_t covered,
		       const uint8_t file_key[GTH_AGE_FILE_KEY_SIZE])
{
	uint8_t key[32];
	int err = gth_age_hkdf(key, file_key, GTH_AGE_FILE_KEY_SIZE, NULL, 0, "header");

	if (!err)
		err = gth_age_hmac(mac, key, text, covered);
	OPENSSL_cleanse(key, sizeof(key));
	return err;
}
