// SPDX-License-Identifier: GPL-2.0-or-later
/* site.c - the region as the courier sees it (see site.h). For programs: says what is wrong. */
#include "daemon/site.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "daemon/place.h"
#include "lib/io.h"
#include "lib/residency.h"
#include "lib/say.h"

#define PEM_MAX (256 << 10) /* bytes of a file */

/* Documentation's own address (RFC 5737): nobody connects to it, the dialer has connected. */
#define NOWHERE "192.0.2.1"

static int read_pem(struct curl_blob *blob, int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -errno : -ENOMEM;

	*blob = (struct curl_blob) { .flags = CURL_BLOB_NOCOPY };
	if (fd >= 0)
		blob->data = malloc(PEM_MAX);
	if (blob->data)
		n = gth_read_full(fd, blob->data, PEM_MAX);
	if (fd >= 0)
		close(fd);
	if (n == PEM_MAX)
		n = -EFBIG;
	if (n < 0)
		return (int)n;
	blob->len = (size_t)n;
	return 0;
}

/* An encrypted key is refused here: nobody could be asked for its password later. */
static int no_password(char *out, int size, int writing, void *arg)
{
	(void)out, (void)size, (void)writing, (void)arg;
	return -1;
}

static X509 *first_certificate(const struct curl_blob *pem)
{
	BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->len);
	X509 *cert = bio ? PEM_read_bio_X509(bio, NULL, no_password, NULL) : NULL;

	BIO_free(bio);
	return cert;
}

static EVP_PKEY *private_key(const struct curl_blob *pem)
{
	BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->len);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;

	BIO_free(bio);
	return key;
}

/* Return: NULL, or what is wrong. */
static const char *check(const struct gth_site *s)
{
	X509 *ca = first_certificate(&s->ca), *cert = first_certificate(&s->cert);
	EVP_PKEY *key = private_key(&s->key);
	const char *wrong = NULL;

	if (!ca)
		wrong = "ca.pem is no certificate in PEM";
	else if (!cert)
		wrong = "client.pem is no certificate in PEM";
	else if (!key)
		wrong = "client.key is no private key in PEM without a password";
	else if (X509_check_private_key(cert, key) != 1)
		wrong = "client.key does not belong to client.pem";
	X509_free(ca);
	X509_free(cert);
	EVP_PKEY_free(key);
	return wrong;
}

static int set_resolve(struct gth_site *s, const char *url)
{
	char entry[GTH_URL_SIZE + 32];
	struct gth_place place;

	if (gth_place_parse(&place, url)) {
		gth_say("'%s' is not SCHEME://HOST:PORT", url);
		return -EINVAL;
	}
	if (place.literal)
		return 0;
	snprintf(entry, sizeof(entry), "%s:%s:%s", place.host, place.port, NOWHERE);
	s->resolve = curl_slist_append(NULL, entry);
	return s->resolve ? 0 : -ENOMEM;
}

/* gth_site_load() - from the region's directory. 0 or -errno; gth_site_free() after either. */
int gth_site_load(struct gth_site *s, const struct gth_config *config)
{
	struct {
		const char *name;
		struct curl_blob *blob;
	} files[] = { { "ca.pem", &s->ca }, { "client.pem", &s->cert }, { "client.key", &s->key } };
	struct gth_trust trust;
	const char *name = "trust", *wrong;
	int dir, err;

	memset(s, 0, sizeof(*s));
	dir = open(config->region, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = dir < 0 ? -errno : gth_trust_load(&trust, dir);
	for (size_t i = 0; !err && i < sizeof(files) / sizeof(*files); i++) {
		name = files[i].name;
		err = read_pem(files[i].blob, dir, name);
	}
	if (dir >= 0)
		close(dir);
	if (err) {
		gth_say("%s/%s: %s", config->region, name, strerror(-err));
		return err;
	}
	wrong = check(s);
	if (wrong) {
		gth_say("%s: %s", config->region, wrong);
		return -EBADMSG;
	}
	memcpy(s->url, trust.url, sizeof(s->url));
	memcpy(s->proxy, config->proxy, sizeof(s->proxy));
	return set_resolve(s, *s->proxy ? s->proxy : s->url);
}

/* gth_site_apply() - what holds for every transfer; 0 or -ENOMEM. The site must outlive it. */
int gth_site_apply(const struct gth_site *s, CURL *easy)
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
	/* "": none, whatever the environment says */
	SET(PROXY, s->proxy);
	SET(NOPROXY, "");
	SET(HTTPPROXYTUNNEL, *s->proxy ? 1L : 0L);
	SET(SUPPRESS_CONNECT_HEADERS, 1L);
	SET(RESOLVE, s->resolve);
	SET(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
	SET(SSL_VERIFYPEER, 1L);
	SET(SSL_VERIFYHOST, 2L);
	SET(SSL_OPTIONS, (long)CURLSSLOPT_NO_PARTIALCHAIN);
	/* The default directory of authorities would be asked beside the one that counts. */
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

void gth_site_free(struct gth_site *s)
{
	curl_slist_free_all(s->resolve);
	free(s->ca.data);
	free(s->cert.data);
	if (s->key.data)
		OPENSSL_cleanse(s->key.data, s->key.len);
	free(s->key.data);
	memset(s, 0, sizeof(*s));
}
