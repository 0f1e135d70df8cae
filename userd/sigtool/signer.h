/* SPDX-License-Identifier: GPL-2.0-or-later */
/* signer.h - a key and its certificate, and the signatures it makes over manifests. */
#ifndef SIGTOOL_SIGNER_H
#define SIGTOOL_SIGNER_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stddef.h>

struct signer {
	EVP_PKEY *key; /* RSA, at least 3072 bits */
	X509 *cert;    /* of this key */
};

X509 *signer_certificate(const char *uri);
int signer_open(struct signer *s, const char *key, const char *cert);
void signer_close(struct signer *s);
int signer_sign(const struct signer *s, const char *text, size_t len, unsigned long long created,
		unsigned char **p7s);

#endif /* SIGTOOL_SIGNER_H */
