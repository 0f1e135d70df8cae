// SPDX-License-Identifier: GPL-2.0-only
/* signature.c - the keys that sign manifests (see signature.h). */
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/key.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include <linux/verification.h>

#include <crypto/pkcs7.h>

#include "core/limits.h"
#include "input.h"
#include "signature.h"

/* Everybody has its private half: packaging/development-key/README. */
#define DEVELOPMENT_KEY "Gotthard development key"

/*
 * The module may add and search (it possesses its keyrings); root, who owns them, may
 * look. No SEARCH for root, which is enough to invalidate a key.
 */
#define KEYRING_PERMISSION (KEY_POS_SEARCH | KEY_POS_WRITE | KEY_USR_VIEW | KEY_USR_READ)
#define KEY_PERMISSION (KEY_POS_SEARCH | KEY_USR_VIEW | KEY_USR_READ)

static struct signing_key {
	struct key *keyring;		/* with this key alone */
	char *name;			/* its subject and identifier, printable */
} keys[GTH_SIGNING_KEYS_MAX];

static unsigned int n_keys;

static char *printable(const char *text)
{
	char *copy = kstrdup(text, GFP_KERNEL), *c;

	for (c = copy; c && *c; c++)
		if (!isascii(*c) || !isprint(*c))
			*c = '?';
	return copy;
}

static int fill_keyring(struct signing_key *k, const u8 *der, size_t len)
{
	key_ref_t keyring = make_key_ref(k->keyring, true), ref;

	ref = key_create_or_update(keyring, "asymmetric", NULL, der, len, KEY_PERMISSION,
				   KEY_ALLOC_NOT_IN_QUOTA | KEY_ALLOC_BUILT_IN |
				   KEY_ALLOC_BYPASS_RESTRICTION);
	if (IS_ERR(ref))
		return (int)PTR_ERR(ref);
	k->name = printable(key_ref_to_ptr(ref)->description);
	key_ref_put(ref);
	/* From here on nothing can be linked to it. */
	return k->name ? keyring_restrict(keyring, NULL, NULL) : -ENOMEM;
}

static void drop(struct signing_key *k)
{
	key_put(k->keyring);
	kfree(k->name);
}

static int add_key(const u8 *der, size_t len)
{
	struct signing_key k = { .name = NULL };
	int ret;

	if (n_keys == ARRAY_SIZE(keys))
		return -ENOSPC;
	k.keyring = keyring_alloc(".gotthard", GLOBAL_ROOT_UID, GLOBAL_ROOT_GID, current_cred(),
				  KEYRING_PERMISSION, KEY_ALLOC_NOT_IN_QUOTA, NULL, NULL);
	if (IS_ERR(k.keyring))
		return (int)PTR_ERR(k.keyring);
	ret = fill_keyring(&k, der, len);
	if (ret) {
		drop(&k);
		return ret;
	}
	if (strstarts(k.name, DEVELOPMENT_KEY))
		pr_warn("tables signed by the development key are accepted, and everybody has that key: build with GTH_SIGNING_CERT= of your own\n");
	else
		pr_info("tables signed by %s are accepted\n", k.name);
	keys[n_keys++] = k;
	return 0;
}

/* Certificates and signatures are SEQUENCEs whose length has two bytes; 0: none begins here. */
static size_t der_size(const u8 *der, size_t left)
{
	size_t len;

	if (left < 4 || der[0] != 0x30 || der[1] != 0x82)
		return 0;
	len = (der[2] << 8 | der[3]) + 4;
	return len <= left ? len : 0;
}

/**
 * gth_signature_init() - the built-in keys
 *
 * A certificate that this kernel cannot read is reported and left out: tables by the
 * other keys can be loaded.
 *
 * Return: 0, or -ENOMEM.
 */
int gth_signature_init(void)
{
	const u8 *der = gth_signing_certs;
	size_t left = gth_signing_certs_size, len;
	int ret;

	while ((len = der_size(der, left))) {
		ret = add_key(der, len);
		if (ret == -ENOMEM) {
			gth_signature_exit();
			return ret;
		}
		if (ret)
			pr_err("a built-in signing certificate cannot be used (%d)\n", ret);
		der += len;
		left -= len;
	}
	if (left)
		pr_err("%zu bytes of the built-in signing certificates are not certificates\n",
		       left);
	if (!n_keys)
		pr_err("there is no key, so no signed table can be loaded\n");
	return 0;
}

void gth_signature_exit(void)
{
	while (n_keys)
		drop(&keys[--n_keys]);
}

/* gth_signature_key() - the name of the key number @i, from 0; NULL: there are less */
const char *gth_signature_key(unsigned int i)
{
	return i < n_keys ? keys[i].name : NULL;
}

/*
 * By itself, so that an error of what the kernel calls malformed cannot be taken for one of
 * the check, and the other way round: both use EBADMSG and EINVAL.
 */
static int check_form(const u8 *p7, size_t len)
{
	struct pkcs7_message *msg;
	const void *content;
	size_t size;
	int ret = 0;

	/* The kernel's parser does not look at what is behind the end. */
	if (der_size(p7, len) != len)
		return -EILSEQ;
	msg = pkcs7_parse_message(p7, len);
	if (IS_ERR(msg)) {
		ret = (int)PTR_ERR(msg);
		return ret == -ENOMEM || ret == -ENOPKG ? ret : -EILSEQ;
	}
	/* The text is the manifest that was given, not one that the signature brings along. */
	if (!pkcs7_get_content_data(msg, &content, &size, NULL))
		ret = -EILSEQ;
	pkcs7_free_message(msg);
	return ret;
}

static int check(const u8 *text, size_t len, const u8 *p7, size_t size, const char **signer)
{
	unsigned int i;
	int ret = check_form(p7, size);

	if (ret)
		return ret;
	ret = -ENOKEY;
	for (i = 0; ret == -ENOKEY && i < n_keys; i++) {
		ret = verify_pkcs7_signature(text, len, p7, size, keys[i].keyring,
					     VERIFYING_UNSPECIFIED_SIGNATURE, NULL, NULL);
		if (!ret)
			*signer = keys[i].name;
	}
	if (!ret || ret == -ENOKEY || ret == -ENOPKG || ret == -ENOMEM)
		return ret;
	return -EKEYREJECTED;
}

/**
 * gth_signature_check() - is this text signed by one of the keys?
 * @text: the manifest
 * @len: its bytes
 * @p7s: open for reading: a detached PKCS#7 signature in DER; NULL: there is none
 * @signer: set to the name of the key, which lives as long as the module; NULL: not signed
 *
 * A signature that is there must be right, whatever require_signed says.
 *
 * Return: 0; -ENOMSG: there is none, and require_signed is set; -EILSEQ: it is malformed,
 * empty, or longer than GTH_SIGNATURE_MAX; -ENOPKG: by an algorithm that this kernel lacks;
 * -ENOKEY: by another key; -EKEYREJECTED: it is not over this text, or damaged, or from a
 * time when the certificate in it was not valid; -ENOMEM; or an error of reading.
 */
int gth_signature_check(const u8 *text, size_t len, struct file *p7s, const char **signer)
{
	size_t size;
	u8 *p7;
	int ret;

	*signer = NULL;
	if (!p7s)
		return gth_require_signed ? -ENOMSG : 0;
	ret = gth_input_whole(p7s, GTH_SIGNATURE_MAX, &p7, &size);
	if (ret)
		return ret == -E2BIG ? -EILSEQ : ret;
	ret = check(text, len, p7, size, signer);
	kfree(p7);
	return ret;
}
