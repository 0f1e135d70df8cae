/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * endpoint_tls.h - the region as the courier sees it: its address, and the certificates and the key
 * for TLS.
 */
#ifndef GTH_DAEMON_ENDPOINT_TLS_H
#define GTH_DAEMON_ENDPOINT_TLS_H

#include <curl/curl.h>

#include "daemon/settings.h"

struct gth_endpoint_tls {
	char url[GTH_URL_SIZE];
	struct curl_slist *resolve;	/* so that libcurl resolves no name */
	struct curl_blob ca, cert, key; /* PEM */
};

const char *gth_endpoint_tls_check(const struct gth_settings *settings);
int gth_endpoint_tls_load(struct gth_endpoint_tls *s, struct gth_settings *settings);
int gth_endpoint_tls_apply(const struct gth_endpoint_tls *s, CURL *easy);
void gth_endpoint_tls_free(struct gth_endpoint_tls *s);

#endif /* GTH_DAEMON_ENDPOINT_TLS_H */
