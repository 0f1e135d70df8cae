/* SPDX-License-Identifier: GPL-2.0-or-later */
/* request.h - an order of the store as a request line and fields; docs/protocol.md lists them. */
#ifndef GTH_DAEMON_COURIER_REQUEST_H
#define GTH_DAEMON_COURIER_REQUEST_H

#include <stdbool.h>

#include <curl/curl.h>

#include "daemon/message.h"

bool gth_request_valid(const struct gth_order *o, int file);
int gth_request_url(const struct gth_order *o, const char *base, char *url, size_t size);
int gth_request_fields(const struct gth_order *o, struct curl_slist **fields);
const char *gth_request_method(uint32_t kind);

#endif /* GTH_DAEMON_COURIER_REQUEST_H */
