// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_report.c - what two releases differ in (see diff_report.h). */
#include "sigtool/diff_report.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/names.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/utc.h"
#include "sigtool/database.h"

static const char *const kind_name[GTH_DELTA_KINDS] = { "removed", "changed", "added" };

static const struct gth_column columns[] = {
	{ "CHANGE", 7 }, { "WAS", 10 }, { "IS", 10 }, { "DOMAIN", 8 }, { "DIGEST", 0 }, { NULL, 0 },
};

/* A class before or after; UNKNOWN: the record is not there. */
static const char *class_text(u8 class)
{
	return class == GTH_CLASS_UNKNOWN ? "-" : gth_class_name(class);
}

static int print_row(void *ctx, const struct gth_delta_record *rec)
{
	char digest[GTH_DIGEST_TEXT];

	(void)ctx;
	gth_listing_digest(digest, rec->digest);
	gth_listing_row(columns, (const char *[]) { kind_name[gth_delta_kind(rec)],
						    class_text(rec->from), class_text(rec->to),
						    gth_domain_name(rec->domain), digest });
	return 0;
}

static void print_release(const char *title, const struct gth_manifest *m)
{
	char created[GTH_UTC_SIZE];

	gth_utc_format(created, m->created);
	printf("%-8s %s version %llu of %s: %llu records\n", title, m->name, m->version, created,
	       m->body_size / sizeof(struct gth_record));
}

/* As "3: malicious 2, trusted 1"; of changed ones "2: suspicious to malicious 2". */
static void print_kind(const struct changes *c, enum gth_delta_kind kind)
{
	const char *before = ": ";

	printf("%-8s %llu", kind_name[kind], c->kind[kind]);
	for (unsigned int from = 0; from < GTH_CLASS_MAX; from++) {
		for (unsigned int to = GTH_CLASS_MAX; to-- > 0;) {
			struct gth_delta_record rec = { .from = (u8)from, .to = (u8)to };

			if (!c->count[from][to] || gth_delta_kind(&rec) != kind)
				continue;
			printf("%s%s%s%s %llu", before, from ? gth_class_name(from) : "",
			       from && to ? " to " : "", to ? gth_class_name(to) : "",
			       c->count[from][to]);
			before = ", ";
		}
	}
	putchar('\n');
}

/* Return: 0 or a negative errno. */
int diff_report_text(const struct gth_manifest *old, const struct gth_manifest *new,
		     const struct changes *c, bool all)
{
	u64 total = 0;
	int err;

	print_release("old", old);
	print_release("new", new);
	for (unsigned int kind = GTH_DELTA_KINDS; kind-- > 0;) {
		print_kind(c, kind);
		total += c->kind[kind];
	}
	if (!total)
		return 0;
	putchar('\n');
	gth_listing_head(columns);
	err = changes_list(c, all, print_row, NULL);
	if (!err && !all && total > c->firsts)
		printf("... and more, %llu in all: see --list\n", total);
	return err;
}

static json_t *counts_json(const struct changes *c, enum gth_delta_kind kind)
{
	json_t *list = json_array();

	for (unsigned int from = 0; from < GTH_CLASS_MAX; from++) {
		for (unsigned int to = 0; to < GTH_CLASS_MAX; to++) {
			struct gth_delta_record rec = { .from = (u8)from, .to = (u8)to };
			json_t *item;

			if (!c->count[from][to] || gth_delta_kind(&rec) != kind)
				continue;
			item = json_pack("{s:s?, s:s?, s:I}", "was",
					 from ? gth_class_name(from) : NULL, "is",
					 to ? gth_class_name(to) : NULL, "records",
					 (json_int_t)c->count[from][to]);
			if (json_array_append_new(list, item)) {
				json_decref(list);
				return NULL;
			}
		}
	}
	return json_pack("{s:I, s:o}", "records", (json_int_t)c->kind[kind], "classes", list);
}

/* Millions of changes are printed one by one: @ctx is what comes before the next. */
static int print_item(void *ctx, const struct gth_delta_record *rec)
{
	const char **before = ctx;
	json_t *item = json_pack(
		"{s:s, s:s?, s:s?, s:s, s:o}", "change", kind_name[gth_delta_kind(rec)], "was",
		rec->from ? gth_class_name(rec->from) : NULL, "is",
		rec->to ? gth_class_name(rec->to) : NULL, "domain", gth_domain_name(rec->domain),
		"digest", gth_json_hex(rec->digest, sizeof(rec->digest)));
	int err;

	if (!item)
		return -ENOMEM;
	fputs(*before, stdout);
	*before = ",\n    ";
	err = json_dumpf(item, stdout, 0) && !ferror(stdout) ? -ENOMEM : 0;
	json_decref(item);
	return err;
}

/* Return: 0 or a negative errno. */
int diff_report_json(const struct gth_manifest *old, const struct gth_manifest *new,
		     const struct changes *c, bool all)
{
	json_t *root = json_pack("{s:o, s:o, s:o, s:o, s:o}", "old", database_json(old), "new",
				 database_json(new), "removed", counts_json(c, GTH_DELTA_REMOVED),
				 "changed", counts_json(c, GTH_DELTA_CHANGED), "added",
				 counts_json(c, GTH_DELTA_ADDED));
	char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
	const char *before = "\n    ";
	int err;

	json_decref(root);
	if (!text)
		return -ENOMEM;
	/* without its end, so that the changes follow as one member more */
	printf("%.*s,\n  \"complete\": %s,\n  \"changes\": [", (int)(strlen(text) - 2), text,
	       all ? "true" : "false");
	free(text);
	err = changes_list(c, all, print_item, &before);
	puts(*before == ',' ? "\n  ]\n}" : "]\n}");
	return err;
}
