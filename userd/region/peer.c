// SPDX-License-Identifier: GPL-2.0-or-later
/* peer.c - the peer of a TLS session (see peer.h). */
#include "peer.h"

#include <errno.h>
#include <string.h>

#include <gnutls/x509.h>

#include "lib/util/hex.h"

/* Its one common name, if it is an endpoint's identifier. */
static int name_of(gnutls_x509_crt_t cert, char name[GTH_ENDPOINT_SIZE])
{
	size_t len = GTH_ENDPOINT_SIZE, more = 0;

	if (!gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &len) &&
	    gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 1, 0, NULL, &more) ==
		    GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE &&
	    strlen(name) == len && gth_identifier_ok(name))
		return 0;
	return -EKEYREJECTED;
}

/* As region_cert_serial() has it: without zeros before it. */
static int serial_of(gnutls_x509_crt_t cert, char serial[REGION_SERIAL_SIZE])
{
	uint8_t bytes[(REGION_SERIAL_SIZE - 1) / 2];
	size_t len = sizeof(bytes), at = 0;

	if (gnutls_x509_crt_get_serial(cert, bytes, &len))
		return -EKEYREJECTED;
	while (at + 1 < len && !bytes[at])
		at++;
	gth_hex_encode(serial, bytes + at, len - at);
	serial[2 * (len - at)] = '\0';
	return 0;
}

/**
 * region_peer_verify() - is its certificate a client's of this region's CA?
 *
 * Return: 0; -ENOKEY: it showed none; -EKEYREJECTED: it is not, or is not valid now.
 */
int region_peer_verify(gnutls_session_t session)
{
	gnutls_typed_vdata_st client = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
					 .data = (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT };
	unsigned int n = 0, status;

	if (!gnutls_certificate_get_peers(session, &n) || !n)
		return -ENOKEY;
	if (gnutls_certificate_verify_peers(session, &client, 1, &status) || status)
		return -EKEYREJECTED;
	return 0;
}

/**
 * region_peer() - the endpoint's identifier, and the serial number of its certificate
 *
 * Return: 0; as region_peer_verify(); -ENOMEM.
 */
int region_peer(struct MHD_Connection *connection, struct region_peer *peer)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	const gnutls_datum_t *certs;
	gnutls_x509_crt_t cert;
	gnutls_session_t session;
	unsigned int n = 0;
	int err;

	if (!info)
		return -EKEYREJECTED;
	session = (gnutls_session_t)info->tls_session;
	err = region_peer_verify(session);
	if (err)
		return err;
	certs = gnutls_certificate_get_peers(session, &n);
	if (gnutls_x509_crt_init(&cert))
		return -ENOMEM;
	err = gnutls_x509_crt_import(cert, &certs[0], GNUTLS_X509_FMT_DER) ? -EKEYREJECTED : 0;
	if (!err)
		err = name_of(cert, peer->name);
	if (!err)
		err = serial_of(cert, peer->serial);
	gnutls_x509_crt_deinit(cert);
	return err;
}
