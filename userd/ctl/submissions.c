// SPDX-License-Identifier: GPL-2.0-or-later
/* submissions.c - gotthardctl submissions: what is on its way, and what was withheld and why. */
#include "ctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <linux/gotthard.h>

#include "daemon.h"
#include "digest.h"
#include "lib/text/egress.h"
#include "lib/text/spooled.h"
#include "lib/util/hex.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/prefix.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "lib/util/visible.h"

#define COLUMNS                                                                                    \
	"s.id, s.digest, s.state, s.class, s.size, s.type, s.path, s.cipher_size, s.offset, "      \
	"s.reason, s.waits, s.detail, s.finding, s.created, s.changed"

static struct {
	const char *config, *words[2];
	size_t n;
} options;

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'c':
		options.config = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (options.n == 2)
			argp_error(state, "too many arguments");
		options.words[options.n++] = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option option_table[] = { CTL_CONFIG_OPTION, { 0 } };

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.children = gth_list_children,
	.args_doc = "list\nshow ID\nretry ID|all\ndrop ID",
	.doc = "Files that are, were or will not be sent to the processing region.\v"
	       "ID is the submission's, or the file's SHA-256, or 8 or more digits that it "
	       "begins with. list and show read the database; retry and drop ask the daemon. A "
	       "dropped file is not sent until it is retried.",
};

static const char *column_text(sqlite3_stmt *st, int column)
{
	const char *text = (const char *)sqlite3_column_text(st, column);

	return text ? text : "";
}

/* The text behind the state: the reason, the thing it waits for, or the fault. */
static const char *remark(sqlite3_stmt *st, int state)
{
	enum gth_withheld reason = (enum gth_withheld)sqlite3_column_int(st, 9);
	enum gth_withheld waits = (enum gth_withheld)sqlite3_column_int(st, 10);

	if (state == GTH_SPOOLED_DONE)
		return gth_finding_name((enum gth_finding)sqlite3_column_int(st, 12));
	if (state == GTH_SPOOLED_WITHHELD)
		return gth_withheld_name(reason);
	if (waits != GTH_WITHHELD_NOT)
		return gth_withheld_name(waits);
	return column_text(st, 11);
}

static json_t *text_json(sqlite3_stmt *st, int column)
{
	return gth_json_text(column_text(st, column));
}

static json_t *row(sqlite3_stmt *st, char hex[65])
{
	int state = sqlite3_column_int(st, 2), class = sqlite3_column_int(st, 3);

	memset(hex, 0, 65);
	if (sqlite3_column_bytes(st, 1) == 32)
		gth_hex_encode(hex, sqlite3_column_blob(st, 1), GTH_DIGEST_SIZE);
	/* A name and its value to a line. */
	/* clang-format off */
	return json_pack(
		"{s:o, s:s, s:s, s:s, s:I, s:o, s:o, s:I, s:I, s:s, s:s, s:o, s:s?, s:I, s:I}",
		"id", text_json(st, 0), "digest", hex,
		"state", gth_spooled_name(state),
		"class", class ? gth_data_class_name((enum gth_data_class)class) : "?",
		"size", (json_int_t)sqlite3_column_int64(st, 4),
		"type", text_json(st, 5), "path", text_json(st, 6),
		"cipher_size", (json_int_t)sqlite3_column_int64(st, 7),
		"offset", (json_int_t)sqlite3_column_int64(st, 8),
		"withheld", gth_withheld_name((enum gth_withheld)sqlite3_column_int(st, 9)),
		"waits", gth_withheld_name((enum gth_withheld)sqlite3_column_int(st, 10)),
		"detail", text_json(st, 11),
		"verdict", state == GTH_SPOOLED_DONE ?
			gth_finding_name((enum gth_finding)sqlite3_column_int(st, 12)) : NULL,
		"created", (json_int_t)sqlite3_column_int64(st, 13),
		"changed", (json_int_t)sqlite3_column_int64(st, 14));
	/* clang-format on */
}

static void print_line(sqlite3_stmt *st, const struct gth_column *columns, const char *hex)
{
	char when[GTH_UTC_SIZE], size[GTH_UNITS_SIZE];
	char *path = ctl_path(column_text(st, 6));
	char digits[GTH_DIGEST_TEXT];
	const char *cells[] = { gth_shown(column_text(st, 0)),
				digits,
				when,
				size,
				gth_spooled_name(sqlite3_column_int(st, 2)),
				gth_shown(remark(st, sqlite3_column_int(st, 2))),
				path ? path : "(out of memory)" };

	snprintf(digits, sizeof(digits), "%.*s", gth_listing_digits(), hex);
	gth_utc_format(when, (unsigned long long)sqlite3_column_int64(st, 14));
	gth_listing_units(size, (unsigned long long)sqlite3_column_int64(st, 4));
	gth_listing_row(columns, cells);
	free(path);
}

static int list(void)
{
	const struct gth_column columns[] = {
		{ "ID", 36 },	   { "SHA-256", gth_listing_digits() },
		{ "CHANGED", 20 }, { "SIZE", -10 },
		{ "STATE", 9 },	   { "REMARK", 10 },
		{ "PATH", 0 },	   { 0 },
	};
	sqlite3 *db = ctl_open_db(options.config);
	json_t *rows = json_array();
	sqlite3_stmt *st;
	int rc = SQLITE_ERROR;
	char hex[65];

	if (!db)
		return CTL_FAILED;
	if (!gth_listing.json)
		gth_listing_head(columns);
	if (sqlite3_prepare_v2(db,
			       "SELECT " COLUMNS " FROM submission s ORDER BY s.changed DESC, s.id",
			       -1, &st, NULL) == SQLITE_OK)
		while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
			json_array_append_new(rows, row(st, hex));
			if (!gth_listing.json)
				print_line(st, columns, hex);
		}
	sqlite3_finalize(st);
	rc = ctl_close_db(db, rc);
	if (!rc && gth_listing.json)
		return gth_json_print(rows) ? CTL_FAILED : CTL_OK;
	json_decref(rows);
	return rc ? CTL_FAILED : CTL_OK;
}

static const char *const notes[] = { "submission", "receipt", "deletion" };

static bool is_note(const char *name)
{
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if (!strcmp(name, notes[i]))
			return true;
	return false;
}

static void print_note(const char *name, const char *note)
{
	size_t size = GTH_VISIBLE_SIZE(strlen(note));
	char *shown = malloc(size);

	if (shown)
		gth_visible(shown, size, note, strlen(note), GTH_VISIBLE_LINES);
	printf("%s:\n%s\n", name, shown ? shown : "(out of memory)");
	free(shown);
}

/* Signed notes that are kept of it. */
static void add_notes(sqlite3 *db, json_t *what, const char *id)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(db, "SELECT kind, note FROM proof WHERE id = ?", -1, &st, NULL) ==
	    SQLITE_OK) {
		sqlite3_bind_text(st, 1, id, -1, SQLITE_TRANSIENT);
		while (sqlite3_step(st) == SQLITE_ROW) {
			int kind = sqlite3_column_int(st, 0);

			if (kind >= 0 && kind < 3)
				json_object_set_new(what, notes[kind], text_json(st, 1));
		}
	}
	sqlite3_finalize(st);
}

static int print(json_t *what)
{
	const char *name;
	json_t *value;

	if (gth_listing.json)
		return gth_json_print(what) ? CTL_FAILED : CTL_OK;
	json_object_foreach(what, name, value)
	{
		if (json_is_integer(value))
			printf("%-12s %" JSON_INTEGER_FORMAT "\n", name, json_integer_value(value));
		else if (is_note(name))
			print_note(name, json_string_value(value));
		else if (json_is_string(value))
			printf("%-12s %s\n", name, gth_shown(json_string_value(value)));
	}
	json_decref(what);
	return CTL_OK;
}

/* Says which there are of a prefix that is not enough. */
static void say_ambiguous(sqlite3_stmt *st, const char *name)
{
	char hex[65] = "";

	gth_say("%s: is the beginning of more than one SHA-256; give more of it:", name);
	for (int rc = SQLITE_ROW; rc == SQLITE_ROW; rc = sqlite3_step(st)) {
		if (sqlite3_column_bytes(st, 1) == 32)
			gth_hex_encode(hex, sqlite3_column_blob(st, 1), GTH_DIGEST_SIZE);
		gth_say("  %s %s", hex, column_text(st, 6));
	}
}

static int show(const char *name)
{
	sqlite3 *db = ctl_open_db(options.config);
	json_t *what = NULL;
	char hex[65], prefix[65];
	bool ambiguous = false;
	sqlite3_stmt *st;
	int rc = SQLITE_ERROR;

	if (!db)
		return CTL_FAILED;
	if (sqlite3_prepare_v2(db,
			       "SELECT " COLUMNS " FROM submission s WHERE s.id = ?1"
			       " OR substr(lower(hex(s.digest)), 1, length(?2)) = ?2"
			       " ORDER BY s.id = ?1 DESC, s.digest",
			       -1, &st, NULL) == SQLITE_OK) {
		sqlite3_bind_text(st, 1, name, -1, SQLITE_TRANSIENT);
		if (gth_prefix_parse(prefix, name))
			sqlite3_bind_text(st, 2, prefix, -1, SQLITE_TRANSIENT);
		rc = sqlite3_step(st);
		if (rc == SQLITE_ROW) {
			what = row(st, hex);
			add_notes(db, what, column_text(st, 0));
			if (strcmp(column_text(st, 0), name) != 0)
				ambiguous = sqlite3_step(st) == SQLITE_ROW;
			rc = SQLITE_DONE;
		}
	}
	if (ambiguous) {
		sqlite3_reset(st);
		sqlite3_step(st);
		say_ambiguous(st, name);
	}
	sqlite3_finalize(st);
	if (ctl_close_db(db, rc) || ambiguous) {
		json_decref(what);
		return CTL_FAILED;
	}
	if (what)
		return print(what);
	gth_say("%s: there is no such submission", name);
	return CTL_FAILED;
}

static int tell(const char *verb, const char *name)
{
	char command[128], hex[GTH_DIGEST_TEXT];
	uint8_t digest[GTH_DIGEST_SIZE], domain;
	char prefix[65];

	/* The daemon takes whole names. */
	if (gth_prefix_parse(prefix, name) && strlen(prefix) < 64) {
		int err = ctl_digest_find(prefix, -1, options.config, &domain, digest);

		if (err && err != -ENOENT)
			return CTL_FAILED;
		gth_hex_encode(hex, digest, sizeof(digest));
		name = err ? name : hex;
	}
	if (snprintf(command, sizeof(command), "%s %s", verb, name) >= (int)sizeof(command)) {
		gth_say("%s: there is no such submission", name);
		return CTL_FAILED;
	}
	if (ctl_store_do(command, false))
		return CTL_FAILED;
	return gth_listing.json && gth_json_print(json_pack("{s:b}", "ok", 1)) ? CTL_FAILED
									       : CTL_OK;
}

static const char *const verbs[] = { "list", "show", "retry", "drop", NULL };

int ctl_submissions(int argc, char **argv)
{
	const char *verb;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	verb = options.n ? options.words[0] : "list";
	if (!strcmp(verb, "list") && options.n <= 1)
		return list();
	if (!strcmp(verb, "show") && options.n == 2)
		return show(options.words[1]);
	if ((!strcmp(verb, "retry") || !strcmp(verb, "drop")) && options.n == 2)
		return tell(verb, options.words[1]);
	return gth_wrong_verb(verb, verbs, "list, show ID, retry ID|all, drop ID");
}
