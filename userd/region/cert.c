// SPDX-License-Identifier: GPL-2.0-or-later
/* cert.c - certificates of the region and of its endpoints (see cert.h). */
#include "cert.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "lib/text/exchange.h"

#define DAY 86400L
#define CA_DAYS 3650
#define LEAF_DAYS 825
#define SERIAL 16 /* bytes */

void region_pair_free(struct region_pair *p)
{
	free(p->cert);
	if (p->key)
		OPENSSL_cleanse(p->key, strlen(p->key));
	free(p->key);
	*p = (struct region_pair) { NULL, NULL };
}

static int text_of(BIO *bio, char **text)
{
	char *data;
	long len = BIO_get_mem_data(bio, &data);

	*text = len > 0 ? strndup(data, (size_t)len) : NULL;
	return *text ? 0 : -ENOMEM;
}

static int to_pem(struct region_pair *p, X509 *cert, EVP_PKEY *key)
{
	BIO *c = BIO_new(BIO_s_mem()), *k = BIO_new(BIO_s_secmem());
	int err = -ENOMEM;

	if (c && k && PEM_write_bio_X509(c, cert) == 1 &&
	    PEM_write_bio_PrivateKey(k, key, NULL, NULL, 0, NULL, NULL) == 1) {
		err = text_of(c, &p->cert);
		if (!err)
			err = text_of(k, &p->key);
	}
	BIO_free(c);
	BIO_free(k);
	return err;
}

static int from_pem(const struct region_pair *p, X509 **cert, EVP_PKEY **key)
{
	BIO *c = BIO_new_mem_buf(p->cert, -1), *k = BIO_new_mem_buf(p->key, -1);

	*cert = c ? PEM_read_bio_X509(c, NULL, NULL, NULL) : NULL;
	*key = k ? PEM_read_bio_PrivateKey(k, NULL, NULL, NULL) : NULL;
	BIO_free(c);
	BIO_free(k);
	return *cert && *key && X509_check_private_key(*cert, *key) == 1 ? 0 : -EINVAL;
}

static bool extend(X509 *cert, X509 *issuer, int what, const char *value)
{
	X509_EXTENSION *e;
	X509V3_CTX ctx;
	bool ok;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, what, value);
	ok = e && X509_add_ext(cert, e, -1) == 1;
	X509_EXTENSION_free(e);
	return ok;
}

/* A certificate without the extensions that distinguish CA, server and client. */
static X509 *blank(const char *name, EVP_PKEY *key, int days)
{
	unsigned char serial[SERIAL];
	X509 *cert = X509_new();
	BIGNUM *number = NULL;
	X509_NAME *subject;
	bool ok;

	ok = cert && RAND_bytes(serial, sizeof(serial)) == 1;
	if (ok) {
		serial[0] &= 0x7f;
		number = BN_bin2bn(serial, sizeof(serial), NULL);
		subject = X509_get_subject_name(cert);
		/* Valid from a day ago, because clocks differ. */
		ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) &&
		     X509_set_version(cert, X509_VERSION_3) == 1 &&
		     X509_gmtime_adj(X509_getm_notBefore(cert), -GTH_CLOCKS_DIFFER) &&
		     X509_gmtime_adj(X509_getm_notAfter(cert), days * DAY) &&
		     X509_set_pubkey(cert, key) == 1 &&
		     X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
						(const unsigned char *)name, -1, -1, 0) == 1;
	}
	BN_free(number);
	if (ok)
		return cert;
	X509_free(cert);
	return NULL;
}

static bool sign(X509 *cert, X509 *issuer, EVP_PKEY *key)
{
	return X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1 &&
	       X509_sign(cert, key, EVP_sha256()) > 0;
}

/* region_ca_create() - a new CA; 0 or -ENOMEM */
int region_ca_create(struct region_pair *ca, const char *name)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = key ? blank(name, key, CA_DAYS) : NULL;
	int err = -ENOMEM;

	*ca = (struct region_pair) { NULL, NULL };
	if (cert && extend(cert, cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
	    extend(cert, cert, NID_key_usage, "critical,keyCertSign,cRLSign") &&
	    extend(cert, cert, NID_subject_key_identifier, "hash") && sign(cert, cert, key))
		err = to_pem(ca, cert, key);
	X509_free(cert);
	EVP_PKEY_free(key);
	if (err)
		region_pair_free(ca);
	return err;
}

/**
 * region_cert_issue() - a new key and its certificate
 * @name: its common name, at most 63 bytes
 * @san: a server's names, of region_san_add(); NULL: it is a client's
 *
 * Return: 0; -EINVAL: the CA's files or a name are invalid; -ENOMEM.
 */
int region_cert_issue(struct region_pair *p, const struct region_pair *ca, const char *name,
		      const char *san)
{
	EVP_PKEY *ca_key = NULL, *key = EVP_EC_gen("P-256");
	X509 *issuer = NULL, *cert = key ? blank(name, key, LEAF_DAYS) : NULL;
	int err = from_pem(ca, &issuer, &ca_key);

	*p = (struct region_pair) { NULL, NULL };
	if (!err && !(cert && extend(cert, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
		      extend(cert, issuer, NID_key_usage, "critical,digitalSignature") &&
		      extend(cert, issuer, NID_ext_key_usage, san ? "serverAuth" : "clientAuth") &&
		      extend(cert, issuer, NID_authority_key_identifier, "keyid:always") &&
		      (!san || extend(cert, issuer, NID_subject_alt_name, san)) &&
		      sign(cert, issuer, ca_key)))
		err = -EINVAL;
	if (!err)
		err = to_pem(p, cert, key);
	X509_free(cert);
	X509_free(issuer);
	EVP_PKEY_free(key);
	EVP_PKEY_free(ca_key);
	if (err)
		region_pair_free(p);
	return err;
}

/**
 * region_cert_serial() - the serial number of a certificate in PEM
 * @serial: set to its bytes, in digits 0-9a-f, without zeros before it
 *
 * Return: 0; -EINVAL: it is not a certificate, or the number is too long;
 * -ENOMEM.
 */
int region_cert_serial(const char *pem, char *serial, size_t size)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *cert = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	BIGNUM *number = cert ? ASN1_INTEGER_to_BN(X509_get0_serialNumber(cert), NULL) : NULL;
	char *hex = number ? BN_bn2hex(number) : NULL;
	int err = hex && strlen(hex) < size ? 0 : -EINVAL;

	for (size_t i = 0; !err && i <= strlen(hex); i++)
		serial[i] = (char)tolower((unsigned char)hex[i]);
	OPENSSL_free(hex);
	BN_free(number);
	X509_free(cert);
	BIO_free(bio);
	return err;
}

/* Adds a name or an address. Return: 0; -EINVAL: it is neither; -E2BIG. */
int region_san_add(char *san, size_t size, const char *host)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.-";
	unsigned char address[16];
	size_t have = strlen(san);
	bool ip = inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;

	if (!ip && (!*host || strlen(host) > 253 || strspn(host, letters) != strlen(host)))
		return -EINVAL;
	if (snprintf(san + have, size - have, "%s%s:%s", have ? "," : "", ip ? "IP" : "DNS",
		     host) >= (int)(size - have))
		return -E2BIG;
	return 0;
}
