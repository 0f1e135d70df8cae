// SPDX-License-Identifier: GPL-2.0-or-later
/* signer.c - a key and its certificate (see signer.h). docs/formats.md has the signature. */
#include "sigtool/signer.h"

#include <errno.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <string.h>
#include <time.h>

#include "core/limits.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "sigtool/sigtool.h"

#define BITS_MIN 3072

static const char *reason(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_last_error());

	return text ? text : "OpenSSL does not say why";
}

/* The first object of a kind. OpenSSL asks for a passphrase on the terminal where one is needed. */
static OSSL_STORE_INFO *fetch(const char *uri, int kind)
{
	OSSL_STORE_CTX *store = OSSL_STORE_open(uri, UI_OpenSSL(), NULL, NULL, NULL);
	OSSL_STORE_INFO *info = NULL;

	if (!store)
		return NULL;
	OSSL_STORE_expect(store, kind);
	while (!info && !OSSL_STORE_eof(store)) {
		info = OSSL_STORE_load(store);
		if (!info && OSSL_STORE_error(store))
			break;
		if (info && OSSL_STORE_INFO_get_type(info) != kind) {
			OSSL_STORE_INFO_free(info);
			info = NULL;
		}
	}
	OSSL_STORE_close(store);
	return info;
}

/* signer_certificate() - the first one of a file or a store; NULL: it was said why not */
X509 *signer_certificate(const char *uri)
{
	OSSL_STORE_INFO *info = fetch(uri, OSSL_STORE_INFO_CERT);
	X509 *cert = info ? OSSL_STORE_INFO_get1_CERT(info) : NULL;

	if (!cert)
		gth_say("%s: no certificate: %s", uri, reason());
	OSSL_STORE_INFO_free(info);
	return cert;
}

static int check(const struct signer *s, const char *key, const char *cert)
{
	if (EVP_PKEY_get_base_id(s->key) != EVP_PKEY_RSA) {
		gth_say("%s: not an RSA key: kernels that the module runs on verify RSA alone",
			key);
		return STATUS_INPUT;
	}
	if (EVP_PKEY_get_bits(s->key) < BITS_MIN) {
		gth_say("%s: %d bits, and a key that signs has at least %d", key,
			EVP_PKEY_get_bits(s->key), BITS_MIN);
		return STATUS_INPUT;
	}
	if (X509_check_private_key(s->cert, s->key) == 1)
		return STATUS_OK;
	gth_say("%s is not the certificate of the key %s", cert, key);
	return STATUS_INPUT;
}

/**
 * signer_open() - a key, and the certificate that the module has of it
 * @s: set; to be closed by signer_close() also after an error
 * @key: file or URI of a store (ossl_store(7)) of the private key
 * @cert: the same, of the certificate
 *
 * Return: STATUS_OK; or STATUS_INPUT, and it was said why.
 */
int signer_open(struct signer *s, const char *key, const char *cert)
{
	OSSL_STORE_INFO *info;

	*s = (struct signer) { .cert = signer_certificate(cert) };
	if (!s->cert)
		return STATUS_INPUT;
	info = fetch(key, OSSL_STORE_INFO_PKEY);
	s->key = info ? OSSL_STORE_INFO_get1_PKEY(info) : NULL;
	OSSL_STORE_INFO_free(info);
	if (s->key)
		return check(s, key, cert);
	gth_say("%s: no private key: %s", key, reason());
	return STATUS_INPUT;
}

void signer_close(struct signer *s)
{
	EVP_PKEY_free(s->key);
	X509_free(s->cert);
	*s = (struct signer) { .key = NULL };
}

static int check_time(const struct signer *s, unsigned long long created)
{
	time_t t = (time_t)created;
	char text[GTH_UTC_SIZE];

	if (X509_cmp_time(X509_get0_notBefore(s->cert), &t) < 0 &&
	    X509_cmp_time(X509_get0_notAfter(s->cert), &t) > 0)
		return STATUS_OK;
	gth_utc_format(text, created);
	gth_say("the manifest was created at %s, when the certificate was not valid: the module would refuse the signature",
		text);
	return STATUS_INPUT;
}

/* The time is the manifest's, so that the same manifest gives the same bytes. */
static int set_time(CMS_SignerInfo *si, unsigned long long created)
{
	ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)created);
	int ok = t && CMS_signed_add1_attr_by_NID(si, NID_pkcs9_signingTime, t->type, t, -1) == 1;

	ASN1_TIME_free(t);
	return ok;
}

static int encode(const struct signer *s, BIO *text, unsigned long long created,
		  unsigned char **p7s)
{
	/* The kernel refuses S/MIME capabilities, and wants bytes as they are. */
	const unsigned int flags = CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP;
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, text, flags | CMS_PARTIAL);
	CMS_SignerInfo *si =
		cms ? CMS_add1_signer(cms, s->cert, s->key, EVP_sha256(), flags) : NULL;
	int len = -1;

	if (si && set_time(si, created) && CMS_final(cms, text, NULL, flags) == 1)
		len = i2d_CMS_ContentInfo(cms, p7s);
	CMS_ContentInfo_free(cms);
	return len;
}

/**
 * signer_sign() - the detached signature of a manifest
 * @s: opened
 * @text: the manifest
 * @len: its bytes
 * @created: the time that it names, in s
 * @p7s: set; to be freed by OPENSSL_free()
 *
 * Return: its bytes, at most GTH_SIGNATURE_MAX; -STATUS_INPUT or -STATUS_IO, and it was said why.
 */
int signer_sign(const struct signer *s, const char *text, size_t len, unsigned long long created,
		unsigned char **p7s)
{
	int status = check_time(s, created), size;
	BIO *bio;

	if (status)
		return -status;
	*p7s = NULL;
	bio = BIO_new_mem_buf(text, (int)len);
	size = bio ? encode(s, bio, created, p7s) : -1;
	BIO_free(bio);
	if (size > 0 && size <= (int)GTH_SIGNATURE_MAX)
		return size;
	if (size > 0)
		gth_say("the signature has more than the %u bytes that the module reads: is the certificate that large?",
			GTH_SIGNATURE_MAX);
	else
		gth_say("cannot sign: %s", reason());
	OPENSSL_free(*p7s);
	*p7s = NULL;
	return -STATUS_IO;
}
