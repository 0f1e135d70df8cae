/* SPDX-License-Identifier: GPL-2.0-or-later */
/* transfer.h - one order of the store as one HTTP request, and its answer. */
#ifndef GTH_DAEMON_COURIER_TRANSFER_H
#define GTH_DAEMON_COURIER_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "daemon/courier/headers.h"
#include "daemon/endpoint_tls.h"
#include "daemon/message.h"

#define GTH_ANSWER_MAX (64 << 10) /* bytes of an answer's body */

enum gth_transfer_state {
	GTH_TRANSFER_QUEUED,
	GTH_TRANSFER_DIALING, /* the dialer connects */
	GTH_TRANSFER_RUNNING, /* libcurl has it */
	GTH_TRANSFER_DONE     /* the result waits to be sent */
};

struct gth_transfer {
	struct gth_transfer *next;
	enum gth_transfer_state state;
	uint64_t number;
	struct gth_order order;
	char *body; /* of the request, or NULL */
	size_t body_len;
	int file; /* of the request's body, or -1 */
	CURL *easy;
	struct curl_slist *fields;
	int socket;	   /* connected and not in use yet, or -1 */
	bool needs_socket; /* libcurl asked for one and there was none */
	bool dialed;	   /* it is dialed only once */
	uint64_t deadline; /* while it is dialed; of gth_monotonic_ms() */
	struct gth_headers headers;
	uint64_t at; /* bytes of the request's body that libcurl has read */
	char *answer;
	size_t answer_len;
	int stopped; /* -errno, if this side broke off */
	char error[CURL_ERROR_SIZE];
	struct gth_result result;
};

struct gth_transfer *gth_transfer_new(const struct gth_message *m, int file);
int gth_transfer_open(struct gth_transfer *t, const struct gth_endpoint_tls *site);
void gth_transfer_close(struct gth_transfer *t, CURLcode code);
void gth_transfer_fail(struct gth_transfer *t, int error, const char *why);
void gth_transfer_free(struct gth_transfer *t);

#endif /* GTH_DAEMON_COURIER_TRANSFER_H */
