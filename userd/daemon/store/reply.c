// SPDX-License-Identifier: GPL-2.0-or-later
/* reply.c - the JSON of the region's answers (see reply.h). */
#include "daemon/store/reply.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/text/region_api.h"

#define VERDICTS_MAX 256

static json_t *load(const char *text, size_t len)
{
	json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(json))
		return json;
	json_decref(json);
	return NULL;
}

/* A text, or null, or nothing. Return: 0 or -EBADMSG. */
static int optional(const json_t *json, const char *name, const char **out)
{
	const json_t *value = json_object_get(json, name);

	*out = json_string_value(value);
	return !value || json_is_null(value) || *out ? 0 : -EBADMSG;
}

/* Return: 0; -EBADMSG, and nothing is to be freed. */
int gth_reply_submission(struct gth_reply_submission *r, const char *text, size_t len)
{
	int err;

	memset(r, 0, sizeof(*r));
	r->json = load(text, len);
	if (!r->json)
		return -EBADMSG;
	err = optional(r->json, "status", &r->status);
	err = err ?: optional(r->json, "receipt", &r->receipt);
	err = err ?: optional(r->json, "verdict", &r->verdict);
	err = err ?: optional(r->json, "deletion", &r->deletion);
	err = err ?: optional(r->json, "detail", &r->detail);
	if (!err && !r->status)
		err = -EBADMSG;
	if (err) {
		gth_reply_free(r->json);
		memset(r, 0, sizeof(*r));
	}
	return err;
}

/* Return: 0; -EBADMSG, and nothing is to be freed. */
int gth_reply_verdicts(struct gth_reply_verdicts *r, const char *text, size_t len)
{
	bool good;

	memset(r, 0, sizeof(*r));
	r->json = load(text, len);
	r->notes = json_object_get(r->json, "verdicts");
	good = json_is_array(r->notes) && json_array_size(r->notes) <= VERDICTS_MAX &&
	       !optional(r->json, "cursor", &r->cursor) && r->cursor &&
	       gth_api_cursor_ok(r->cursor);
	for (size_t i = 0; good && i < json_array_size(r->notes); i++)
		good = json_is_string(json_array_get(r->notes, i));
	if (good)
		return 0;
	gth_reply_free(r->json);
	memset(r, 0, sizeof(*r));
	return -EBADMSG;
}

static void printable(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text ? text : "");
	for (; *out; out++)
		if ((unsigned char)*out < ' ' || (unsigned char)*out > '~')
			*out = '?';
}

/* A member that is missing or malformed becomes empty. */
void gth_reply_problem(struct gth_reply_problem *r, const char *text, size_t len)
{
	static const char urn[] = "urn:gotthard:";
	json_t *json = load(text, len);
	const char *type = json_string_value(json_object_get(json, "type"));
	const char *detail = json_string_value(json_object_get(json, "detail"));
	const json_t *upload = json_object_get(json, "upload");

	if (!detail)
		detail = json_string_value(json_object_get(json, "title"));
	memset(r, 0, sizeof(*r));
	if (type && !strncmp(type, urn, sizeof(urn) - 1))
		printable(r->type, sizeof(r->type), type + sizeof(urn) - 1);
	printable(r->detail, sizeof(r->detail), detail);
	r->upload = json_is_boolean(upload) ? json_is_true(upload) : -1;
	json_decref(json);
}

void gth_reply_free(json_t *json)
{
	json_decref(json);
}
