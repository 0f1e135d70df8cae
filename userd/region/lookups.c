// SPDX-License-Identifier: GPL-2.0-or-later
/* lookups.c - requests of every endpoint: statement, verdicts, statistics. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "region/files.h"
#include "region/journal.h"
#include "region/server.h"

/* Reads the file each time, because `gotthard-region statement' may have replaced it. */
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

/* An endpoint of an earlier version does not send this field. */
void region_get_file_begin(struct region_request *q)
{
	const char *field = region_field(q, GTH_JOURNAL_FIELD);
	struct gth_journal_field told;

	if (!field)
		return;
	if (gth_journal_field_parse(&told, field))
		region_refuse(q, MHD_HTTP_BAD_REQUEST, NULL, GTH_JOURNAL_FIELD " is malformed");
	else
		region_journal_looked_up(&q->server->region->state, q->endpoint, &told,
					 region_now());
}

enum MHD_Result region_get_file(struct region_request *q)
{
	enum MHD_Result result;
	char *note;
	int err = region_verdict_get(&q->server->region->state, q->target.digest, region_now(),
				     &note);

	if (err == -ENOENT) {
		region_refuse(q, MHD_HTTP_NOT_FOUND, "unknown-file",
			      "there is no valid verdict about this file");
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
		region_refuse(q, MHD_HTTP_BAD_REQUEST, NULL, "the cursor is malformed");
	else
		region_refuse_errno(q, err);
	return MHD_NO;
}

void region_post_statistics_begin(struct region_request *q)
{
	if (!region_type_ok(q))
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
