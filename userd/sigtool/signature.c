// SPDX-License-Identifier: GPL-2.0-or-later
/* signature.c - the signature of a manifest (see signature.h). docs/formats.md has the format. */
#include "sigtool/signature.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/hex.h"
#include "lib/util/io.h"

#define KEY_ID_MAX 64 /* bytes of an identifier that are shown */

__attribute__((format(printf, 2, 3))) static int fault(struct problem *p, const char *format, ...)
{
	va_list args;

	*p = PROBLEM_NONE;
	p->check = "signature";
	va_start(args, format);
	vsnprintf(p->text, sizeof(p->text), format, args);
	va_end(args);
	return -EKEYREJECTED;
}

/* Common name and key identifier, as the module names its keys. */
static void name(char out[SIGNER_SIZE], X509 *cert)
{
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(cert);
	X509_NAME *subject = X509_get_subject_name(cert);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1), n = 0;
	char hex[2 * KEY_ID_MAX + 1] = "";
	unsigned char *utf8 = NULL;

	if (at >= 0)
		n = ASN1_STRING_to_UTF8(&utf8,
					X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
	if (id && ASN1_STRING_length(id) <= KEY_ID_MAX)
		gth_hex_encode(hex, ASN1_STRING_get0_data(id), (size_t)ASN1_STRING_length(id));
	snprintf(out, SIGNER_SIZE, "%.*s%s%s", n > 0 ? n : 0, utf8 ? (const char *)utf8 : "",
		 *hex ? ": " : "", hex);
	OPENSSL_free(utf8);
}

/* Read whole, one byte more than the module takes. Return: bytes, or -errno; -ENOENT: none. */
static ssize_t read_file(const char *path, unsigned char der[GTH_SIGNATURE_MAX + 1])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = gth_read_full(fd, der, GTH_SIGNATURE_MAX + 1);
	close(fd);
	return n;
}

static CMS_ContentInfo *decode(const unsigned char *der, ssize_t size, struct problem *p)
{
	const unsigned char *at = der;
	CMS_ContentInfo *cms;

	if (size > (ssize_t)GTH_SIGNATURE_MAX) {
		fault(p, "longer than the %u bytes that the module reads", GTH_SIGNATURE_MAX);
		return NULL;
	}
	cms = d2i_CMS_ContentInfo(NULL, &at, size);
	if (cms && at == der + size && OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed &&
	    CMS_is_detached(cms) == 1 && sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms)) == 1)
		return cms;
	CMS_ContentInfo_free(cms);
	fault(p, "not a detached PKCS#7 signature in DER by one signer");
	return NULL;
}

static bool in_time(CMS_SignerInfo *si, X509 *cert)
{
	int at = CMS_signed_get_attr_by_NID(si, NID_pkcs9_signingTime, -1);
	ASN1_TYPE *value = at < 0 ? NULL : X509_ATTRIBUTE_get0_type(CMS_signed_get_attr(si, at), 0);
	const ASN1_TIME *t = NULL;

	if (value && (value->type == V_ASN1_UTCTIME || value->type == V_ASN1_GENERALIZEDTIME))
		t = value->value.asn1_string;
	return t && ASN1_TIME_compare(t, X509_get0_notBefore(cert)) >= 0 &&
	       ASN1_TIME_compare(t, X509_get0_notAfter(cert)) <= 0;
}

/* The certificate of the signer: that which is trusted, or the one inside. */
static X509 *find(CMS_ContentInfo *cms, CMS_SignerInfo *si, X509 *trusted)
{
	STACK_OF(X509) *inside = trusted ? NULL : CMS_get1_certs(cms);
	X509 *found = NULL;

	if (trusted && !CMS_SignerInfo_cert_cmp(si, trusted) && X509_up_ref(trusted))
		found = trusted;
	for (int i = 0; !found && i < sk_X509_num(inside); i++) {
		X509 *cert = sk_X509_value(inside, i);

		if (!CMS_SignerInfo_cert_cmp(si, cert) && X509_up_ref(cert))
			found = cert;
	}
	sk_X509_pop_free(inside, X509_free);
	return found;
}

static int check(const struct database *db, CMS_ContentInfo *cms, X509 *cert, struct problem *p)
{
	CMS_SignerInfo *si = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	STACK_OF(X509) *certs = sk_X509_new_null();
	BIO *text = BIO_new_mem_buf(db->text, (int)db->len);
	int err = -ENOMEM;

	if (certs && text && sk_X509_push(certs, cert) > 0)
		err = CMS_verify(cms, certs, NULL, text, NULL,
				 CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY) == 1
			      ? 0
			      : fault(p, "not over this manifest, or damaged");
	if (!err && !in_time(si, cert))
		err = fault(p, "from a time at which the certificate of its key was not valid");
	BIO_free(text);
	sk_X509_free(certs);
	return err;
}

/**
 * signature_check() - who has signed this manifest?
 * @db: read
 * @cert: the signature has to be by the key of this one; NULL: by any key, which proves
 *        nothing but that the two belong together
 * @signer: set to the name of the key
 * @p: filled in where the signature is at fault
 *
 * Return: 0; -ENOENT: there is none; -EKEYREJECTED: see @p; or another errno.
 */
int signature_check(const struct database *db, X509 *cert, char signer[SIGNER_SIZE],
		    struct problem *p)
{
	unsigned char der[GTH_SIGNATURE_MAX + 1];
	ssize_t size = read_file(db->signature, der);
	CMS_ContentInfo *cms;
	X509 *found;
	int err;

	*signer = '\0';
	if (size < 0)
		return (int)size;
	cms = decode(der, size, p);
	if (!cms)
		return -EKEYREJECTED;
	found = find(cms, sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0), cert);
	if (found)
		err = check(db, cms, found, p);
	else
		err = fault(p, cert ? "by another key than that of the certificate"
				    : "without the certificate of its key: give it with --cert");
	if (!err)
		name(signer, found);
	X509_free(found);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return err;
}
