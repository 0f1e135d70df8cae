// SPDX-License-Identifier: GPL-2.0-or-later
/* endpoint_tls.c - the region as the courier sees it (see endpoint_tls.h). For programs: errors go
 * to standard error. */
#include "daemon/endpoint_tls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "daemon/hostport.h"
#include "lib/text/residency.h"
#include "lib/util/say.h"

/*
 * An address for documentation (RFC 5737). It is never connected to: the dialer has connected
 * already.
 */
#define NOWHERE "192.0.2.1"

/* Refuses an encrypted key: a daemon has no terminal on which to ask for a password. */
static int no_password(char *out, int size, int writing, void *arg)
{
	(void)out, (void)size, (void)writing, (void)arg;
	return -1;
}

static X509 *first_certificate(const struct gth_settings *s, enum gth_settings_part part)
{
	BIO *bio = BIO_new_mem_buf(s->part[part].data, (int)s->part[part].len);
	X509 *cert = bio ? PEM_read_bio_X509(bio, NULL, no_password, NULL) : NULL;

	BIO_free(bio);
	return cert;
}

static EVP_PKEY *private_key(const struct gth_settings *s, enum gth_settings_part part)
{
	BIO *bio = BIO_new_mem_buf(s->part[part].data, (int)s->part[part].len);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;

	BIO_free(bio);
	return key;
}

/* gth_endpoint_tls_check() - NULL, or what is wrong with the certificates and the key */
const char *gth_endpoint_tls_check(const struct gth_settings *s)
{
	X509 *ca = first_certificate(s, GTH_PART_CA), *cert = first_certificate(s, GTH_PART_CLIENT);
	EVP_PKEY *key = private_key(s, GTH_PART_CLIENT_KEY);
	const char *wrong = NULL;

	if (!ca)
		wrong = "ca.pem is not a certificate in PEM";
	else if (!cert)
		wrong = "client.pem is not a certificate in PEM";
	else if (!key)
		wrong = "client.key is not a private key in PEM without a password";
	else if (X509_check_private_key(cert, key) != 1)
		wrong = "client.key does not belong to client.pem";
	X509_free(ca);
	X509_free(cert);
	EVP_PKEY_free(key);
	return wrong;
}

static int set_resolve(struct gth_endpoint_tls *s, const char *url)
{
	char entry[GTH_URL_SIZE + 32];
	struct gth_hostport place;

	if (gth_hostport_parse(&place, url)) {
		gth_say("'%s' is not SCHEME://HOST:PORT", url);
		return -EINVAL;
	}
	if (place.literal)
		return 0;
	snprintf(entry, sizeof(entry), "%s:%s:%s", place.host, place.port, NOWHERE);
	s->resolve = curl_slist_append(NULL, entry);
	return s->resolve ? 0 : -ENOMEM;
}

/* The part's bytes become the blob's. */
static void take(struct curl_blob *blob, struct gth_settings *settings, enum gth_settings_part part)
{
	*blob = (struct curl_blob) { settings->part[part].data, settings->part[part].len,
				     CURL_BLOB_NOCOPY };
	settings->part[part].data = NULL;
	settings->part[part].len = 0;
}

/* gth_endpoint_tls_load() - takes its parts from the settings. 0 or -errno; gth_endpoint_tls_free()
 * after either.
 */
int gth_endpoint_tls_load(struct gth_endpoint_tls *s, struct gth_settings *settings)
{
	const char *wrong = gth_endpoint_tls_check(settings);

	memset(s, 0, sizeof(*s));
	if (wrong) {
		gth_say("%s: %s", settings->config.region, wrong);
		return -EBADMSG;
	}
	take(&s->ca, settings, GTH_PART_CA);
	take(&s->cert, settings, GTH_PART_CLIENT);
	take(&s->key, settings, GTH_PART_CLIENT_KEY);
	memcpy(s->url, settings->trust.url, sizeof(s->url));
	return set_resolve(s, s->url);
}

/* gth_endpoint_tls_apply() - sets the options of every transfer; 0 or -ENOMEM. @s must outlive
 * @easy. */
int gth_endpoint_tls_apply(const struct gth_endpoint_tls *s, CURL *easy)
{
	CURLcode err = CURLE_OK;

#define SET(option, value) (err = err ? err : curl_easy_setopt(easy, CURLOPT_##option, value))
	SET(NOSIGNAL, 1L);
	SET(PROTOCOLS_STR, "https");
	SET(REDIR_PROTOCOLS_STR, "https");
	SET(FOLLOWLOCATION, 0L);
	SET(NETRC, (long)CURL_NETRC_IGNORED);
	SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	SET(HTTP09_ALLOWED, 0L);
	SET(USERAGENT, "gotthard/" GTH_VERSION);
	/* "": none, whatever the environment says; the dialer has made the tunnel */
	SET(PROXY, "");
	SET(NOPROXY, "");
	SET(RESOLVE, s->resolve);
	SET(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
	SET(SSL_VERIFYPEER, 1L);
	SET(SSL_VERIFYHOST, 2L);
	SET(SSL_OPTIONS, (long)CURLSSLOPT_NO_PARTIALCHAIN);
	/* Without this, libcurl would also accept the authorities in its default directory. */
	SET(CAPATH, NULL);
	SET(CAINFO, NULL);
	SET(CAINFO_BLOB, &s->ca);
	SET(SSLCERTTYPE, "PEM");
	SET(SSLCERT_BLOB, &s->cert);
	SET(SSLKEYTYPE, "PEM");
	SET(SSLKEY_BLOB, &s->key);
#undef SET
	return err ? -ENOMEM : 0;
}

void gth_endpoint_tls_free(struct gth_endpoint_tls *s)
{
	curl_slist_free_all(s->resolve);
	free(s->ca.data);
	free(s->cert.data);
	if (s->key.data)
		OPENSSL_cleanse(s->key.data, s->key.len);
	free(s->key.data);
	memset(s, 0, sizeof(*s));
}
