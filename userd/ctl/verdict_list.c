// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdict_list.c - gotthardctl verdict list: the verdicts that the module holds, of root
 * and of the region, with the daemon's records of the latter and the kept lines of the
 * former. Verdicts that only the database or the file has are listed as such.
 */
#include "verdict.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "ctl.h"
#include "daemon.h"
#include "lib/host/device.h"
#include "lib/host/names.h"
#include "lib/host/table_dir.h"
#include "lib/host/verdict_file.h"
#include "lib/text/exchange.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "lib/util/visible.h"

struct line {
	struct gth_verdict v;
	bool held;
	char *name;			     /* NULL: the database does not say */
	json_t *row;			     /* what the database says; NULL: nothing */
	const struct gth_kept_verdict *kept; /* of root; NULL: it is not kept */
};

struct lines {
	struct line *line;
	size_t n, room;
};

/* Root's first; then by digest. */
static int compare(const void *a, const void *b)
{
	const struct gth_verdict *x = &((const struct line *)a)->v;
	const struct gth_verdict *y = &((const struct line *)b)->v;

	if (x->source != y->source)
		return x->source > y->source ? -1 : 1;
	if (x->domain != y->domain)
		return x->domain < y->domain ? -1 : 1;
	return memcmp(x->digest, y->digest, sizeof(x->digest));
}

static void sort(struct lines *l)
{
	if (l->n)
		qsort(l->line, l->n, sizeof(*l->line), compare);
}

/* Among the first @n, which are sorted. */
static struct line *find(const struct lines *l, size_t n, const struct gth_verdict *v, int source)
{
	struct line wanted = { .v = *v };

	wanted.v.source = (__u8)source;
	return n ? bsearch(&wanted, l->line, n, sizeof(*l->line), compare) : NULL;
}

/* Return: a new line; NULL: no memory. */
static struct line *add(struct lines *l, const struct gth_verdict *v, bool held)
{
	struct line *more;

	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 64;

		more = reallocarray(l->line, room, sizeof(*more));
		if (!more)
			return NULL;
		l->line = more;
		l->room = room;
	}
	l->line[l->n] = (struct line) { .v = *v, .held = held };
	return &l->line[l->n++];
}

static void free_lines(struct lines *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->line[i].name);
		json_decref(l->line[i].row);
	}
	free(l->line);
}

/* Return: 0; 1: there is no module, which was said; or a negative errno. */
static int read_module(struct lines *l)
{
	int device = gth_device_open(), err;
	struct gth_verdict *v = NULL;
	size_t n = 0;

	if (device < 0) {
		gth_say("nothing is in force: %s", gth_device_open_hint(device));
		return 1;
	}
	err = gth_device_verdicts(device, &v, &n);
	close(device);
	for (size_t i = 0; i < n && !err; i++)
		if (!add(l, &v[i], true))
			err = -ENOMEM;
	free(v);
	if (err)
		gth_say("the module's verdicts cannot be read: %s",
			err == -ENOTTY ? "it is of another version than gotthardctl"
				       : strerror(-err));
	sort(l);
	return err;
}

/* A row of the database; the first @held lines are the module's. Return: 0 or -ENOMEM. */
static int take_row(struct lines *l, size_t held, sqlite3_stmt *st)
{
	enum gth_finding finding = (enum gth_finding)sqlite3_column_int(st, 1);
	const char *name = (const char *)sqlite3_column_text(st, 2);
	struct gth_verdict v = {
		.domain = GTH_DOMAIN_SHA256,
		.source = GTH_SOURCE_REGION,
		.expires = (__u64)sqlite3_column_int64(st, 5),
	};
	struct line *line;

	if (sqlite3_column_bytes(st, 0) != GTH_DIGEST_SIZE)
		return 0;
	memcpy(v.digest, sqlite3_column_blob(st, 0), GTH_DIGEST_SIZE);
	v.class = (__u8)gth_finding_class(finding);
	line = find(l, held, &v, GTH_SOURCE_REGION);
	if (!line)
		line = add(l, &v, false);
	if (!line)
		return -ENOMEM;
	line->name = strdup(name ? name : "");
	/* clang-format off */
	line->row = json_pack("{s:s, s:o, s:o, s:I}",
		"verdict", gth_finding_name(finding), "name", gth_json_text(name),
		"engine", gth_json_text((const char *)sqlite3_column_text(st, 3)),
		"issued", (json_int_t)sqlite3_column_int64(st, 4));
	/* clang-format on */
	return line->name && line->row ? 0 : -ENOMEM;
}

static void say_wrong_line(void *ctx, unsigned int line, const char *text)
{
	(void)ctx;
	if (line)
		gth_say(GTH_ETC "/" GTH_VERDICT_FILE ":%u: %s", line, text);
	else
		gth_say(GTH_ETC "/" GTH_VERDICT_FILE ": %s", text);
}

/*
 * The kept verdicts; the first @held lines are the module's. Return: 0; 1: there is no file;
 * or a negative errno: not all could be read, which was reported.
 */
static int read_kept(struct lines *l, struct gth_verdict_file *f)
{
	int err = gth_verdict_file_load(f, GTH_ETC, say_wrong_line, NULL);
	size_t held = l->n;

	for (size_t i = 0; i < f->n; i++) {
		struct line *line = find(l, held, &f->at[i].v, GTH_SOURCE_ROOT);

		if (!line)
			line = add(l, &f->at[i].v, false);
		if (!line)
			return -ENOMEM;
		line->kept = &f->at[i];
	}
	sort(l);
	return err == -ENOENT ? 1 : err;
}

/* Return: 0; 1: there is no database; or a negative errno, which was said. */
static int read_database(struct lines *l, const char *config)
{
	sqlite3 *db = NULL;
	int rc, err = ctl_find_db(config, &db);
	size_t held = l->n;
	sqlite3_stmt *st;

	if (err || !db)
		return err ? err : 1;
	rc = sqlite3_prepare_v2(
		db, "SELECT digest, finding, name, engine, issued, expires FROM verdict", -1, &st,
		NULL);
	while (rc == SQLITE_OK && !err) {
		if (sqlite3_step(st) != SQLITE_ROW)
			break;
		err = take_row(l, held, st);
	}
	rc = sqlite3_finalize(st) ?: rc;
	if (err)
		gth_say("%s", strerror(-err));
	rc = ctl_close_db(db, rc == SQLITE_OK ? SQLITE_DONE : rc);
	sort(l);
	return err ? err : rc;
}

/* Another class than the one in force is shown. */
static json_t *kept_json(const struct gth_kept_verdict *k)
{
	/* clang-format off */
	return json_pack("{s:s, s:o, s:I, s:I, s:o}",
		"kept_class", gth_class_name(k->v.class),
		"kept_expires", k->v.expires ? json_integer((json_int_t)k->v.expires) : json_null(),
		"set_by", (json_int_t)k->uid, "set_at", (json_int_t)k->when,
		"why", *k->why ? gth_json_text(k->why) : json_null());
	/* clang-format on */
}

static json_t *as_json(const struct line *line, bool overridden)
{
	const struct gth_verdict *v = &line->v;
	/* clang-format off */
	json_t *o = json_pack("{s:o, s:s, s:s, s:s, s:b, s:b}",
		"digest", gth_json_hex(v->digest, sizeof(v->digest)),
		"domain", gth_domain_name(v->domain), "class", gth_class_name(v->class),
		"source", gth_source_name(v->source), "held", line->held,
		"overridden", overridden);
	/* clang-format on */

	json_object_set_new(o, "expires",
			    v->expires ? json_integer((json_int_t)v->expires) : json_null());
	json_object_set_new(o, "kept", json_boolean(line->kept));
	if (line->kept)
		json_object_update_new(o, kept_json(line->kept));
	json_object_update(o, line->row);
	return o;
}

/* For how long, by whom and why. */
static void print_kept(FILE *to, const struct line *line)
{
	const struct gth_kept_verdict *k = line->kept;
	char when[GTH_UTC_SIZE];

	if (!k)
		return;
	gth_utc_format(when, k->when);
	fprintf(to, " (kept%s%s by uid %u at %s%s%s)", k->v.class == line->v.class ? "" : " as ",
		k->v.class == line->v.class ? "" : gth_class_name(k->v.class), k->uid, when,
		*k->why ? ": " : "", *k->why ? gth_shown(k->why) : "");
}

/* The remarks, which begin with the name: to be freed. NULL: no memory. */
static char *remark(const struct line *line, bool overridden)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		return NULL;
	fprintf(to, "%s%s%s%s", line->name ? gth_shown(line->name) : "",
		line->v.domain == GTH_DOMAIN_FSVERITY ? " (fs-verity)" : "",
		line->held ? "" : " (not in the module)", overridden ? " (root's counts)" : "");
	print_kept(to, line);
	if (!fclose(to))
		return text;
	free(text);
	return NULL;
}

static void as_text(const struct gth_column *columns, const struct line *line, bool overridden)
{
	char digits[GTH_DIGEST_TEXT], until[GTH_UTC_SIZE] = "never";
	char *text = remark(line, overridden);
	const char *cells[] = { gth_class_name(line->v.class), gth_source_name(line->v.source),
				digits, until,
				text ? text + strspn(text, " ") : "(out of memory)" };

	gth_listing_digest(digits, line->v.digest);
	if (line->v.expires)
		gth_utc_format(until, line->v.expires);
	gth_listing_row(columns, cells);
	free(text);
}

/**
 * ctl_verdict_list() - print them
 * @config: the daemon's configuration; NULL: the usual one, if there is one
 *
 * Return: CTL_OK; CTL_FAILED: not all could be read, which was said;
 * CTL_NOT_LOADED: neither a module nor a database is there, and nothing is kept.
 */
int ctl_verdict_list(const char *config)
{
	const struct gth_column columns[] = {
		{ "CLASS", 10 },   { "SOURCE", 6 }, { "SHA-256", gth_listing_digits() },
		{ "EXPIRES", 20 }, { "NAME", 0 },   { 0 },
	};
	bool json = gth_listing.json;
	struct lines l = { 0 };
	struct gth_verdict_file file = { .n = 0 };
	int module = read_module(&l), kept = module < 0 ? 0 : read_kept(&l, &file);
	int database = module < 0 ? 0 : read_database(&l, config);
	json_t *rows = json ? json_array() : NULL;
	int ret = module < 0 || kept < 0 || database < 0 ? CTL_FAILED : CTL_OK;

	if (module == 1 && kept == 1 && database == 1)
		ret = CTL_NOT_LOADED;
	if (!json && ret != CTL_NOT_LOADED)
		gth_listing_head(columns);
	for (size_t i = 0; i < l.n; i++) {
		struct line *line = &l.line[i], *root = find(&l, l.n, &line->v, GTH_SOURCE_ROOT);
		bool overridden = root && root != line;

		if (json)
			json_array_append_new(rows, as_json(line, overridden));
		else
			as_text(columns, line, overridden);
	}
	free_lines(&l);
	gth_verdict_file_free(&file);
	if (json && ret != CTL_OK)
		json_decref(rows);
	else if (json && gth_json_print(rows))
		ret = CTL_FAILED;
	return ret;
}
