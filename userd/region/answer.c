// SPDX-License-Identifier: GPL-2.0-or-later
/* answer.c - the answers to requests. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "region/server.h"

/* Notes a refusal; the first one is kept. */
void region_refuse(struct region_request *q, unsigned int status, const char *type,
		   const char *detail)
{
	if (q->problem.status)
		return;
	q->problem = (struct region_problem) {
		.status = status, .type = type, .detail = detail, .offset = REGION_NO_OFFSET
	};
}

/* Notes an error of the region itself, not of the client. */
void region_refuse_errno(struct region_request *q, int err)
{
	switch (err) {
	case -ENOSPC:
	case -EDQUOT:
		region_refuse(q, MHD_HTTP_SERVICE_UNAVAILABLE, NULL, "the region is full");
		break;
	case -EBUSY:
	case -ENOMEM:
	case -EMFILE:
	case -ENFILE:
		region_refuse(q, MHD_HTTP_SERVICE_UNAVAILABLE, NULL, "the region is busy");
		break;
	default:
		region_refuse(q, MHD_HTTP_INTERNAL_SERVER_ERROR, NULL,
			      "the region has a fault of its own");
	}
}

static bool add(struct MHD_Response *r, const char *name, const char *value)
{
	return MHD_add_response_header(r, name, value) == MHD_YES;
}

static bool add_number(struct MHD_Response *r, const char *name, const char *prefix, uint64_t value)
{
	char text[48];

	snprintf(text, sizeof(text), "%s%llu", prefix, (unsigned long long)value);
	return add(r, name, text);
}

/* Takes the response. */
static enum MHD_Result send_it(struct region_request *q, unsigned int status,
			       struct MHD_Response *r, bool ok)
{
	enum MHD_Result result = MHD_NO;

	if (r && ok && add(r, "Cache-Control", "no-store"))
		result = MHD_queue_response(q->connection, status, r);
	if (r)
		MHD_destroy_response(r);
	return result;
}

static struct MHD_Response *response(const char *text)
{
	return MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text,
					       MHD_RESPMEM_MUST_COPY);
}

enum MHD_Result region_answer_text(struct region_request *q, unsigned int status, const char *text)
{
	struct MHD_Response *r = response(text);

	return send_it(q, status, r, r && add(r, "Content-Type", "text/plain; charset=utf-8"));
}

/* Takes the reference. */
enum MHD_Result region_answer_json(struct region_request *q, json_t *json)
{
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	struct MHD_Response *r = text ? response(text) : NULL;

	json_decref(json);
	free(text);
	return send_it(q, MHD_HTTP_OK, r, r && add(r, "Content-Type", "application/json"));
}

enum MHD_Result region_answer_empty(struct region_request *q, unsigned int status)
{
	return send_it(q, status, response(""), true);
}

/* @complete: or NULL; @limit: bytes of the whole, 0: none is sent */
enum MHD_Result region_answer_offset(struct region_request *q, uint64_t offset,
				     const bool *complete, uint64_t limit)
{
	struct MHD_Response *r = response("");
	bool ok = r && add_number(r, "Upload-Offset", "", offset);

	if (ok && complete)
		ok = add(r, "Upload-Complete", *complete ? "?1" : "?0");
	if (ok && limit)
		ok = add_number(r, "Upload-Limit", "max-size=", limit);
	return send_it(q, MHD_HTTP_NO_CONTENT, r, ok);
}

/* RFC 9457 */
enum MHD_Result region_answer_problem(struct region_request *q)
{
	const struct region_problem *p = &q->problem;
	const char *title = MHD_get_reason_phrase_for(p->status);
	char type[80];
	struct MHD_Response *r = NULL;
	json_t *json;
	char *text;
	bool ok;

	if (p->type)
		snprintf(type, sizeof(type), "urn:gotthard:%s", p->type);
	else
		snprintf(type, sizeof(type), "about:blank");
	json = json_pack("{s:s, s:s, s:i, s:s}", "type", type, "title", title, "status",
			 (int)p->status, "detail", p->detail);
	if (json && p->upload)
		json_object_set_new(json, "upload", json_boolean(!strcmp(p->upload, "true")));
	text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	if (text)
		r = response(text);
	json_decref(json);
	free(text);
	ok = r && add(r, "Content-Type", "application/problem+json") &&
	     (!p->close || add(r, "Connection", "close"));
	if (ok && p->offset != REGION_NO_OFFSET)
		ok = add_number(r, "Upload-Offset", "", p->offset);
	if (ok &&
	    (p->status == MHD_HTTP_TOO_MANY_REQUESTS || p->status == MHD_HTTP_SERVICE_UNAVAILABLE))
		ok = add_number(r, "Retry-After", "", q->server->retry_after);
	return send_it(q, p->status, r, ok);
}
