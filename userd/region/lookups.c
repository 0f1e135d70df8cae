// SPDX-License-Identifier: GPL-2.0-or-later
/* lookups.c - what every endpoint may ask and tell: statement, verdicts, statistics. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "region/files.h"
#include "region/server.h"

/* The one in the directory: `gotthard-region statement' may have put it there just now. */
enum MHD_Result region_get_statement(struct region_request *q)
{
	enum MHD_Result result;
	char *note;
	int err = region_file_read(q->server->region->dirfd, "statement", &note, GTH_NOTE_MAX);

	if (err) {
		region_refuse_errno(q, err);
		return MHD_NO;
	}
	result = region_answer_text(q, MHD_HTTP_OK, note);
	free(note);
	return result;
}

enum MHD_Result region_get_file(struct region_request *q)
{
	enum MHD_Result result;
	char *note;
	int err = region_verdict_get(&q->server->region->state, q->target.digest, region_now(),
				     &note);

	if (err == -ENOENT) {
		region_refuse(q, MHD_HTTP_NOT_FOUND, "unknown-file",
			      "there is no verdict about this file that holds");
		q->problem.upload = q->server->lookups_only ? "false" : "true";
		return MHD_NO;
	}
	if (err) {
		region_refuse_errno(q, err);
		return MHD_NO;
	}
	result = region_answer_text(q, MHD_HTTP_OK, note);
	free(note);
	return result;
}

enum MHD_Result region_get_verdicts(struct region_request *q)
{
	json_t *page;
	int err = region_verdict_list(&q->server->region->state, q->target.cursor, region_now(),
				      &page);

	if (!err)
		return region_answer_json(q, page);
	if (err == -EINVAL)
		region_refuse(q, MHD_HTTP_BAD_REQUEST, NULL, "this is no cursor");
	else
		region_refuse_errno(q, err);
	return MHD_NO;
}

void region_post_statistics_begin(struct region_request *q)
{
	if (!region_type_is(region_field(q, MHD_HTTP_HEADER_CONTENT_TYPE), "application/json"))
		region_refuse(q, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, NULL,
			      "statistics are application/json");
}

enum MHD_Result region_post_statistics(struct region_request *q)
{
	json_t *counts = q->body ? json_loadb(q->body, q->len, JSON_REJECT_DUPLICATES, NULL) : NULL;
	int err = counts ? region_statistic_add(&q->server->region->state, counts, region_now())
			 : -EINVAL;

	json_decref(counts);
	if (!err)
		return region_answer_empty(q, MHD_HTTP_NO_CONTENT);
	if (err == -EINVAL || err == -E2BIG)
		region_refuse(q, MHD_HTTP_UNPROCESSABLE_CONTENT, NULL,
			      "statistics are an object of counts, with short names");
	else
		region_refuse_errno(q, err);
	return MHD_NO;
}
