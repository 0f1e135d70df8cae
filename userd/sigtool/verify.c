// SPDX-License-Identifier: GPL-2.0-or-later
/* verify.c - the verify command: what the kernel module checks, with words. */
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/progress.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "sigtool/check.h"
#include "sigtool/database.h"
#include "sigtool/sigtool.h"

struct verify_options {
	const char *path;
	const char *body;
	bool strict, progress;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct verify_options *o = state->input;

	switch (key) {
	case 's':
		o->strict = true;
		return 0;
	case 'P':
		o->progress = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->body)
			argp_error(state, "one database at a time");
		if (o->path)
			o->body = arg;
		else
			o->path = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->path)
			argp_error(state, "a directory or a manifest is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static json_t *place(long long value)
{
	return value < 0 ? json_null() : json_integer(value);
}

static int print_json(const struct database *db, bool ok, bool expired, u8 empty,
		      const struct problem *p)
{
	json_t *problem = json_null();

	if (p->check)
		problem = json_pack("{s:s, s:s, s:o, s:o, s:o}", "check", p->check, "text", p->text,
				    "line", place(p->line), "record", place(p->record), "offset",
				    place(p->offset));
	return gth_json_print(json_pack("{s:b, s:o, s:o, s:b, s:o, s:o}", "ok", ok, "manifest",
					gth_json_text(db->manifest), "body",
					gth_json_text(db->body), "expired", expired, "empty_file",
					database_empty_json(empty), "problem", problem));
}

/* One line as compilers write them: the file, the place, what is wrong. */
static void say_problem(const struct database *db, const struct problem *p)
{
	if (p->line >= 0)
		gth_say("%s:%lld: %s", db->manifest, p->line, p->text);
	else if (!strcmp(p->check, "manifest"))
		gth_say("%s: %s", db->manifest, p->text);
	else if (p->record >= 0)
		gth_say("%s: byte %lld (record %lld): %s", db->body, p->offset, p->record, p->text);
	else if (p->offset >= 0)
		gth_say("%s: byte %lld: %s", db->body, p->offset, p->text);
	else
		gth_say("%s: %s", db->body, p->text);
}

static int report(const struct verify_options *o, const struct database *db, u8 empty,
		  const struct problem *p)
{
	bool expired = !p->check && (unsigned long long)time(NULL) >= db->m.expires;
	bool ok = !p->check && !(expired && o->strict);
	char date[GTH_UTC_SIZE];
	int err;

	if (p->check)
		say_problem(db, p);
	if (expired) {
		gth_utc_format(date, db->m.expires);
		gth_say("%s: %s: expired at %s; get or build a newer release", db->manifest,
			o->strict ? "error" : "warning", date);
	}
	if (p->check)
		empty = GTH_CLASS_UNKNOWN;
	database_warn_empty(db, empty);
	if (gth_listing.json) {
		err = print_json(db, ok, expired, empty, p);
		if (err) {
			gth_say("%s", strerror(-err));
			return STATUS_IO;
		}
	} else if (ok) {
		printf("%s version %llu: %llu records, all good%s\n", db->m.name, db->m.version,
		       db->m.body_size / sizeof(struct gth_record), expired ? ", expired" : "");
	}
	return ok ? STATUS_OK : STATUS_INPUT;
}

int command_verify(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ .name = "strict", .key = 's', .doc = "An expired database is an error" },
		{ .name = "progress", .key = 'P', .doc = "Show progress also without a terminal" },
		{ 0 }
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_json_children,
		.args_doc = "DIR|MANIFEST [BODY]",
		.doc = "Checks a database as the kernel module does before it loads it, "
		       "and names the first fault. BODY is the file `body' beside the "
		       "manifest unless it is given."
	};
	struct verify_options o = { 0 };
	struct problem p = { .line = -1, .record = -1, .offset = -1 };
	struct gth_progress progress;
	static struct database db;
	u8 empty = GTH_CLASS_UNKNOWN;
	const char *file;
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	gth_progress_init(&progress, o.progress);
	file = o.path;
	err = database_open(&db, o.path, o.body);
	if (!err) {
		file = db.manifest;
		err = database_read(&db);
	}
	if (!err && !database_parse(&db, &p)) {
		file = db.body;
		err = check_body(&db, &p, &empty, &progress);
	}
	gth_progress_clear(&progress);
	if (err) {
		gth_say("%s: %s", file, strerror(-err));
		return STATUS_IO;
	}
	return report(&o, &db, empty, &p);
}
