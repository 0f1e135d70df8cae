// SPDX-License-Identifier: GPL-2.0-or-later
/* age_key.c - recipients and identities, and their text (see age.h). */
#include <openssl/crypto.h>
#include <string.h>

#include "lib/age/age.h"
#include "lib/age/age_crypto.h"
#include "lib/age/bech32.h"

#define RECIPIENT_PREFIX "age"
#define IDENTITY_PREFIX "AGE-SECRET-KEY-"

_Static_assert(sizeof(RECIPIENT_PREFIX) + GTH_BECH32_TAIL == GTH_AGE_RECIPIENT_SIZE, "recipient");
_Static_assert(sizeof(IDENTITY_PREFIX) + GTH_BECH32_TAIL == GTH_AGE_IDENTITY_SIZE, "identity");

/* "age1…", the whole text and in lower case. Return: 0 or -EINVAL. */
int gth_age_recipient_parse(struct gth_age_recipient *r, const char *text)
{
	return gth_bech32_decode(r->key, RECIPIENT_PREFIX, text);
}

/* Return: 0. */
int gth_age_recipient_format(const struct gth_age_recipient *r, char text[GTH_AGE_RECIPIENT_SIZE])
{
	gth_bech32_encode(text, RECIPIENT_PREFIX, r->key);
	return 0;
}

/* A new random identity. Return: 0; -ENOMEM: also if there are no random numbers. */
int gth_age_identity_create(struct gth_age_identity *i)
{
	return gth_age_random(i->key, sizeof(i->key));
}

/* "AGE-SECRET-KEY-1…", the whole text and in upper case. Return: 0 or -EINVAL, with nothing in @i.
 */
int gth_age_identity_parse(struct gth_age_identity *i, const char *text)
{
	int err = gth_bech32_decode(i->key, IDENTITY_PREFIX, text);

	if (err)
		gth_age_forget(i);
	return err;
}

/* The text is as secret as the identity: OPENSSL_cleanse() it. Return: 0. */
int gth_age_identity_format(const struct gth_age_identity *i, char text[GTH_AGE_IDENTITY_SIZE])
{
	gth_bech32_encode(text, IDENTITY_PREFIX, i->key);
	return 0;
}

/* The recipient that an identity decrypts for. Return: 0 or -ENOMEM. */
int gth_age_identity_recipient(const struct gth_age_identity *i, struct gth_age_recipient *r)
{
	return gth_age_public(r->key, i->key);
}

/* Wipes the secret. */
void gth_age_forget(struct gth_age_identity *i)
{
	OPENSSL_cleanse(i, sizeof(*i));
}
