// SPDX-License-Identifier: GPL-2.0-or-later
/* report.c - what was taken by an import, and what was not (see report.h). */
#include "sigtool/import/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/say.h"
#include "lib/util/visible.h"

static void print(FILE *to, const struct taking *t, const char *format)
{
	fprintf(to, "%s: %llu records, %llu taken, %llu not taken\n", format, t->records, t->taken,
		t->records - t->taken);
	for (unsigned int i = 0; i < t->reasons; i++) {
		const struct taking_reason *r = &t->reason[i];

		fprintf(to, "not taken: %llu: %s (first: %s", r->count, r->text,
			gth_shown(r->file));
		if (r->line)
			fprintf(to, ":%llu", r->line);
		fputs(")\n", to);
	}
}

static json_t *reason_json(const struct taking_reason *r)
{
	return json_pack("{s:s, s:I, s:o, s:o}", "reason", r->text, "count", (json_int_t)r->count,
			 "file", gth_json_text(r->file), "line",
			 r->line ? json_integer((json_int_t)r->line) : json_null());
}

static json_t *json_of(const struct taking *t, const char *format)
{
	json_t *reasons = json_array();
	int bad = 0;

	for (unsigned int i = 0; i < t->reasons; i++)
		bad |= json_array_append_new(reasons, reason_json(&t->reason[i]));
	if (bad) {
		json_decref(reasons);
		return NULL;
	}
	return json_pack("{s:s, s:I, s:I, s:o}", "format", format, "records",
			 (json_int_t)t->records, "taken", (json_int_t)t->taken, "not_taken",
			 reasons);
}

static int print_json(FILE *to, json_t *value)
{
	int err;

	if (!value)
		return -ENOMEM;
	err = json_dumpf(value, to, JSON_INDENT(2)) && !ferror(to) ? -ENOMEM : 0;
	fputc('\n', to);
	json_decref(value);
	return err;
}

/*
 * @to_stdout: no list is there. Return: 0; or a negative errno, which was logged.
 */
int report_taking(const struct taking *t, const char *format, bool to_stdout)
{
	FILE *to = to_stdout ? stdout : stderr;
	int err = 0;

	if (gth_listing.json)
		err = print_json(to, json_of(t, format));
	else
		print(to, t, format);
	if (err)
		gth_say("%s", strerror(-err));
	return err;
}
