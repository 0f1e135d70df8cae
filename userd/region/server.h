/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * server.h - HTTPS towards the endpoints, by libmicrohttpd with a thread for
 * each connection, so that a request may block.
 *
 * For each request, the sender is identified, the target parsed, begin() checks
 * the fields, the body is read, and finish() answers. Each step may call
 * region_refuse(); the rest of the body is dropped then, up to a limit.
 */
#ifndef REGION_SERVER_H
#define REGION_SERVER_H

#include <jansson.h>
#include <microhttpd.h>

#include "lib/text/region_api.h"
#include "region/crowd.h"
#include "region/field.h"
#include "region/peer.h"
#include "region/region.h"
#include "region/submissions.h"
#include "region/verdicts.h"

#define REGION_NO_OFFSET UINT64_MAX

struct region_server {
	struct region *region;
	struct region_limits limits;
	struct region_crowd crowd;
	unsigned int per_endpoint; /* requests at a time */
	unsigned int idle;	   /* seconds */
	unsigned int retry_after;  /* seconds, for 429 and 503 */
	bool lookups_only;	   /* uploads are refused */
	uint64_t max_size;	   /* bytes of a file */
	uint64_t retention;	   /* seconds */
	int incoming;		   /* directory */
	int releases;		   /* directory of a log; -1: none is served */
	struct MHD_Daemon *daemon;
	pthread_mutex_t lock;		 /* of requests and of writing to uploads */
	struct region_request *requests; /* of known senders */
};

struct region_problem {
	unsigned int status; /* 0: there is none */
	const char *type;    /* behind urn:gotthard:, or NULL */
	const char *detail;  /* for people */
	uint64_t offset;     /* Upload-Offset, or REGION_NO_OFFSET */
	bool close;	     /* the start of a next request is not known */
	const char *upload;  /* "true", "false": a hint; or NULL */
};

struct region_route;

struct region_request {
	struct region_server *server;
	struct MHD_Connection *connection;
	struct region_request *next; /* in server->requests */
	char uri[GTH_LINE_SIZE];     /* empty: longer than that of any request */
	struct gth_api_request target;
	char endpoint[GTH_ENDPOINT_SIZE];
	const struct region_route *route;
	struct region_problem problem;
	bool begun, listed;
	uint64_t deadline; /* of gth_monotonic_ms(), for the body */
	uint64_t drained;  /* bytes */
	char *body;
	size_t len;

	/* of an upload */
	struct region_submission sub;
	int fd;		 /* -1: none */
	uint64_t offset; /* of the next byte */
	bool complete, again, superseded;
};

struct region_route {
	void (*begin)(struct region_request *q);
	void (*data)(struct region_request *q, const char *data, size_t len);
	enum MHD_Result (*finish)(struct region_request *q);
};

int region_server_start(struct region_server *s, int socket);
void region_server_stop(struct region_server *s);

/* request.c */
void *region_request_new(void *server, const char *uri, struct MHD_Connection *connection);
enum MHD_Result region_request_handle(void *server, struct MHD_Connection *connection,
				      const char *url, const char *method, const char *version,
				      const char *data, size_t *len, void **request);
void region_request_end(void *server, struct MHD_Connection *connection, void **request,
			enum MHD_RequestTerminationCode code);
const char *region_field(const struct region_request *q, const char *name);
bool region_type_ok(const struct region_request *q);

/* answer.c */
void region_refuse(struct region_request *q, unsigned int status, const char *type,
		   const char *detail);
void region_refuse_errno(struct region_request *q, int err);
enum MHD_Result region_answer_problem(struct region_request *q);
enum MHD_Result region_answer_text(struct region_request *q, unsigned int status, const char *text);
enum MHD_Result region_answer_json(struct region_request *q, json_t *json);
enum MHD_Result region_answer_offset(struct region_request *q, uint64_t offset,
				     const bool *complete, uint64_t limit);
enum MHD_Result region_answer_empty(struct region_request *q, unsigned int status);

/* routes */
enum MHD_Result region_get_statement(struct region_request *q);
void region_get_file_begin(struct region_request *q);
enum MHD_Result region_get_file(struct region_request *q);
enum MHD_Result region_get_verdicts(struct region_request *q);
void region_post_statistics_begin(struct region_request *q);
enum MHD_Result region_post_statistics(struct region_request *q);
void region_put_submission_begin(struct region_request *q);
enum MHD_Result region_put_submission(struct region_request *q);
enum MHD_Result region_get_submission(struct region_request *q);
bool region_find_own(struct region_request *q, struct region_submission *sub);
enum MHD_Result region_head_upload(struct region_request *q);
void region_patch_begin(struct region_request *q);
void region_patch_data(struct region_request *q, const char *data, size_t len);
enum MHD_Result region_patch_finish(struct region_request *q);
enum MHD_Result region_get_static(struct region_request *q);

#endif /* REGION_SERVER_H */
