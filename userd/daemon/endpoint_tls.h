/* SPDX-License-Identifier: GPL-2.0-or-later */
/* endpoint_tls.h - the region as the courier sees it: where it is, and who proves what to whom. */
#ifndef GTH_DAEMON_SITE_H
#define GTH_DAEMON_SITE_H

#include <curl/curl.h>

#include "daemon/settings.h"

struct gth_site {
	char url[GTH_URL_SIZE];
	struct curl_slist *resolve;	/* so that libcurl never asks for a name */
	struct curl_blob ca, cert, key; /* PEM */
};

const char *gth_site_check(const struct gth_settings *settings);
int gth_site_load(struct gth_site *s, struct gth_settings *settings);
int gth_site_apply(const struct gth_site *s, CURL *easy);
void gth_site_free(struct gth_site *s);

#endif /* GTH_DAEMON_SITE_H */
