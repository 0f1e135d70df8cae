// SPDX-License-Identifier: GPL-2.0-or-later
/* submit.c - requests that make and read submissions. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/json.h"
#include "region/server.h"

void region_put_submission_begin(struct region_request *q)
{
	/* A missing type is accepted. */
	if (region_field(q, MHD_HTTP_HEADER_CONTENT_TYPE) && !region_type_ok(q))
		region_refuse(q, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, NULL,
			      "a submission is text/plain");
	else if (q->server->lookups_only)
		region_refuse(q, MHD_HTTP_SERVICE_UNAVAILABLE, NULL,
			      "this region accepts no files at present");
}

/* Only one signature is accepted: others mean nothing here, and would be stored. */
static bool one_signature(const char *note, size_t len, size_t text_len)
{
	const char *line = note + text_len + 1; /* after the empty one */

	return memchr(line, '\n', (size_t)(note + len - line)) == note + len - 1;
}

/* Is it a submission, signed by its sender? */
static bool parse(struct region_request *q, struct gth_submission *sub)
{
	char key[GTH_NOTE_KEY_SIZE];
	struct gth_verifier v;
	size_t text_len = 0;
	int err = region_endpoint_key(&q->server->region->state, q->endpoint, key, sizeof(key));

	if (!err)
		err = gth_verifier_parse(&v, key);
	if (err) {
		region_refuse_errno(q, -EIO);
		return false;
	}
	err = q->body ? gth_note_verify(q->body, q->len, &v, 1, &text_len) : -EBADMSG;
	if (err)
		region_refuse(q, MHD_HTTP_UNPROCESSABLE_CONTENT, "bad-submission",
			      err == -EBADMSG ? "this is not a signed note"
					      : "it is not signed by the endpoint that sends it");
	else if (!one_signature(q->body, q->len, text_len))
		region_refuse(q, MHD_HTTP_UNPROCESSABLE_CONTENT, "bad-submission",
			      "it has more signatures than that of its endpoint");
	else if (gth_submission_parse(sub, q->body, text_len))
		region_refuse(q, MHD_HTTP_UNPROCESSABLE_CONTENT, "bad-submission",
			      "the signed text is not a submission");
	return !q->problem.status;
}

/* Are its fields permitted? An age file is a little larger than its content. */
static bool check(struct region_request *q, const struct gth_submission *sub)
{
	const struct region *r = q->server->region;
	uint64_t least = gth_age_size(sub->size, 1);

	if (strcmp(sub->endpoint, q->endpoint) != 0)
		region_refuse(q, MHD_HTTP_FORBIDDEN, "not-yours",
			      "the submission is another endpoint's");
	else if (strcmp(sub->region, r->trust.region) != 0)
		region_refuse(q, MHD_HTTP_UNPROCESSABLE_CONTENT, "bad-submission",
			      "it is for another region");
	else if (strcmp(sub->id, q->target.id) != 0)
		region_refuse(q, MHD_HTTP_UNPROCESSABLE_CONTENT, "bad-submission",
			      "its identifier is not that of the request");
	else if (sub->size > q->server->max_size)
		region_refuse(q, MHD_HTTP_CONTENT_TOO_LARGE, "too-large",
			      "the file is larger than this region accepts");
	else if (sub->cipher_size < least || sub->cipher_size > least + GTH_AGE_HEADER_MAX)
		region_refuse(q, MHD_HTTP_UNPROCESSABLE_CONTENT, "bad-submission",
			      "size and cipher-size do not fit together");
	return !q->problem.status;
}

/* Compares it with the submission that has the id already. */
static enum MHD_Result compare(struct region_request *q)
{
	struct region_submission old;
	bool mine, same;

	if (region_submission_get(&q->server->region->state, q->target.id, &old)) {
		region_refuse_errno(q, -EBUSY);
		return MHD_NO;
	}
	mine = !strcmp(old.endpoint, q->endpoint);
	same = strlen(old.note) == q->len && !memcmp(old.note, q->body, q->len);
	region_submission_free(&old);
	if (!mine)
		region_refuse(q, MHD_HTTP_FORBIDDEN, "not-yours",
			      "this identifier is another endpoint's");
	else if (!same)
		region_refuse(q, MHD_HTTP_CONFLICT, "other-submission",
			      "another submission has this identifier");
	return same && mine ? region_answer_empty(q, MHD_HTTP_OK) : MHD_NO;
}

enum MHD_Result region_put_submission(struct region_request *q)
{
	struct region_server *s = q->server;
	struct gth_submission *sub = calloc(1, sizeof(*sub));
	struct region_submission old;
	uint64_t now = region_now();
	enum MHD_Result result = MHD_NO;
	int err;

	if (!sub || !parse(q, sub) || !check(q, sub))
		goto out;
	err = region_submission_get(&s->region->state, sub->id, &old);
	if (!err) {
		region_submission_free(&old);
		err = -EEXIST;
	} else if (err == -ENOENT) {
		err = region_submission_create(&s->region->state, sub, q->body, &s->limits, now,
					       now + s->retention);
	}
	if (!err)
		result = region_answer_empty(q, MHD_HTTP_CREATED);
	else if (err == -EEXIST)
		result = compare(q);
	else if (err == -EDQUOT)
		region_refuse(q, MHD_HTTP_TOO_MANY_REQUESTS, NULL,
			      "this endpoint has too many submissions here");
	else
		region_refuse_errno(q, err);
out:
	free(sub);
	return result;
}

/* region_find_own() - the endpoint's own submission with the id of the request; false: refused */
bool region_find_own(struct region_request *q, struct region_submission *sub)
{
	int err = region_submission_get(&q->server->region->state, q->target.id, sub);

	if (err == -ENOENT)
		region_refuse(q, MHD_HTTP_NOT_FOUND, NULL, "there is no such submission");
	else if (err)
		region_refuse_errno(q, err);
	if (err)
		return false;
	if (!strcmp(sub->endpoint, q->endpoint))
		return true;
	region_submission_free(sub);
	region_refuse(q, MHD_HTTP_FORBIDDEN, "not-yours", "the submission is another endpoint's");
	return false;
}

static json_t *text_or_null(const char *text)
{
	return text ? gth_json_text(text) : json_null();
}

enum MHD_Result region_get_submission(struct region_request *q)
{
	struct region_submission sub;
	enum MHD_Result result;

	if (!region_find_own(q, &sub))
		return MHD_NO;
	if (q->target.wait) {
		region_submission_free(&sub);
		region_submission_await(&q->server->region->state, q->target.id,
					q->target.wait * 1000ULL);
		if (!region_find_own(q, &sub))
			return MHD_NO;
	}
	result = region_answer_json(q, json_pack("{s:s, s:o, s:o, s:o, s:o}", "status",
						 region_status_name(region_submission_shown(&sub)),
						 "receipt", text_or_null(sub.receipt), "verdict",
						 text_or_null(sub.verdict), "deletion",
						 text_or_null(sub.deletion), "detail",
						 text_or_null(sub.detail)));
	region_submission_free(&sub);
	return result;
}
