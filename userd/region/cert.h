/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cert.h - the region's own small CA: X.509 with ECDSA on P-256 (RFC 5280), by OpenSSL. */
#ifndef REGION_CERT_H
#define REGION_CERT_H

#include <stdbool.h>
#include <stddef.h>

#define REGION_CERT_MAX (64 << 10) /* bytes of a PEM file */

/* In PEM; to be freed. */
struct region_pair {
	char *cert, *key;
};

int region_ca_create(struct region_pair *ca, const char *name);
int region_cert_issue(struct region_pair *p, const struct region_pair *ca, const char *name,
		      const char *san);
int region_cert_serial(const char *pem, char *serial, size_t size);
void region_pair_free(struct region_pair *p);

/* "DNS:…" and "IP:…" for X.509, from names and addresses. */
int region_san_add(char *san, size_t size, const char *host);

#endif /* REGION_CERT_H */
