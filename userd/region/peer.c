// SPDX-License-Identifier: GPL-2.0-or-later
/* peer.c - who is at the other end: the certificate of a TLS session. */
#include <errno.h>
#include <string.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "region/server.h"

/* Its one common name, if it is an endpoint's identifier. */
static int name_of(const gnutls_datum_t *der, char name[GTH_ENDPOINT_SIZE])
{
	size_t len = GTH_ENDPOINT_SIZE, more = 0;
	gnutls_x509_crt_t cert;
	int err = -EKEYREJECTED;

	if (gnutls_x509_crt_init(&cert))
		return -ENOMEM;
	if (!gnutls_x509_crt_import(cert, der, GNUTLS_X509_FMT_DER) &&
	    !gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &len) &&
	    gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 1, 0, NULL, &more) ==
		    GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE &&
	    strlen(name) == len && gth_identifier_ok(name))
		err = 0;
	gnutls_x509_crt_deinit(cert);
	return err;
}

/**
 * region_peer() - the endpoint's identifier
 *
 * Return: 0; -ENOKEY: it showed no certificate; -EKEYREJECTED: one that is not a
 * client's of this region's CA, or does not hold now; -ENOMEM.
 */
int region_peer(struct MHD_Connection *connection, char name[GTH_ENDPOINT_SIZE])
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	gnutls_typed_vdata_st client = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
					 .data = (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT };
	const gnutls_datum_t *certs;
	unsigned int n = 0, status;
	gnutls_session_t session;

	if (!info)
		return -EKEYREJECTED;
	session = (gnutls_session_t)info->tls_session;
	certs = gnutls_certificate_get_peers(session, &n);
	if (!certs || !n)
		return -ENOKEY;
	if (gnutls_certificate_verify_peers(session, &client, 1, &status) || status)
		return -EKEYREJECTED;
	return name_of(&certs[0], name);
}
