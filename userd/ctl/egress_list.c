// SPDX-License-Identifier: GPL-2.0-or-later
/* egress_list.c - entries of the egress journal, and whether they are what was signed. */
#include "egress.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "ctl.h"
#include "daemon.h"
#include "digest.h"
#include "lib/util/base64.h"
#include "lib/util/hex.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/listing.h"
#include "lib/util/progress.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "lib/util/visible.h"

static json_t *digest_json(const uint8_t digest[GTH_DIGEST_SIZE])
{
	static const uint8_t none[GTH_DIGEST_SIZE];

	return memcmp(digest, none, GTH_DIGEST_SIZE) ? gth_json_hex(digest, GTH_DIGEST_SIZE)
						     : json_null();
}

static json_t *text_json(const char *text)
{
	return *text ? gth_json_text(text) : json_null();
}

/* State of a listing beside the entry. */
struct listing {
	const struct egress_options *o;
	sqlite3 *db;	    /* of this machine; NULL: there is none */
	sqlite3_stmt *path; /* of a digest */
	struct gth_column columns[9];
	int rc; /* of the database */
};

/* As this machine knows it; valid until the next call. NULL: it does not. */
static const char *path_of(struct listing *l, const struct gth_egress *e)
{
	if (!l->path || l->rc != SQLITE_DONE)
		return NULL;
	sqlite3_reset(l->path);
	sqlite3_bind_blob(l->path, 1, e->digest, sizeof(e->digest), SQLITE_TRANSIENT);
	l->rc = sqlite3_step(l->path);
	if (l->rc != SQLITE_ROW)
		return NULL;
	l->rc = SQLITE_DONE;
	return (const char *)sqlite3_column_text(l->path, 0);
}

/* Return: 0; -EIO: there is a database that cannot be read, which was said. */
static int open_paths(struct listing *l)
{
	l->rc = SQLITE_DONE;
	if (ctl_find_db(l->o->config, &l->db))
		return -EIO;
	if (l->db && sqlite3_prepare_v2(l->db, "SELECT path FROM submission WHERE digest = ?", -1,
					&l->path, NULL) != SQLITE_OK)
		l->rc = SQLITE_ERROR;
	return 0;
}

/* Return: 0; -EIO: not all paths could be read, which was said. */
static int close_paths(struct listing *l)
{
	sqlite3_finalize(l->path);
	return l->db ? ctl_close_db(l->db, l->rc) : 0;
}

static json_t *entry_json(uint64_t index, const struct gth_egress *e)
{
	/* A name and its value to a line. */
	/* clang-format off */
	return json_pack("{s:I, s:I, s:s, s:o, s:o, s:I, s:o, s:o, s:o, s:o}",
		"index", (json_int_t)index,
		"time", (json_int_t)e->time,
		"kind", gth_egress_kind_name(e->kind),
		"region", text_json(e->region),
		"what", text_json(e->what),
		"bytes", (json_int_t)e->bytes,
		"body_digest", digest_json(e->body_digest),
		"digest", digest_json(e->digest),
		"id", text_json(e->id),
		"reason", text_json(e->reason ? gth_withheld_name(e->reason) : ""));
	/* clang-format on */
}

/* One object to a line. */
static int print_line(json_t *value)
{
	int err;

	if (!value)
		return -ENOMEM;
	err = json_dumpf(value, stdout, JSON_COMPACT) || putchar('\n') == EOF ? -EIO : 0;
	json_decref(value);
	return err;
}

/* A line that names the file already does not name it twice. */
static void shorten(char *text, const char *digest)
{
	char *at = *digest && !gth_listing.whole ? strstr(text, digest) : NULL;

	if (at)
		memmove(at + GTH_LISTING_DIGITS, at + strlen(digest),
			strlen(at + strlen(digest)) + 1);
}

static void print_entry(struct listing *l, uint64_t index, const struct gth_egress *e)
{
	char number[24], when[GTH_UTC_SIZE], size[GTH_UNITS_SIZE], digits[GTH_DIGEST_TEXT] = "";
	char digest[GTH_DIGEST_TEXT] = "", what[sizeof(e->what)];
	char *path = ctl_path(path_of(l, e));
	const char *cells[] = { number,
				when,
				gth_egress_kind_name(e->kind),
				size,
				digits,
				e->reason ? gth_withheld_name(e->reason) : "",
				what,
				path ? path : "(out of memory)" };
	static const uint8_t none[GTH_DIGEST_SIZE];

	snprintf(number, sizeof(number), "%llu", (unsigned long long)index);
	gth_utc_format(when, e->time);
	gth_listing_units(size, e->bytes);
	/* A count of what was withheld has no file. */
	if (memcmp(e->digest, none, GTH_DIGEST_SIZE) != 0) {
		gth_hex_encode(digest, e->digest, GTH_DIGEST_SIZE);
		gth_listing_digest(digits, e->digest);
	}
	snprintf(what, sizeof(what), "%s", e->what);
	shorten(what, digest);
	cells[6] = gth_shown(what);
	gth_listing_row(l->columns, cells);
	free(path);
}

static int list_one(uint64_t index, const void *entry, size_t len, void *arg)
{
	struct listing *l = arg;
	const struct egress_options *o = l->o;
	struct gth_egress e = { 0 };
	json_t *value;
	const char *path;

	if (gth_egress_parse(&e, entry, len)) {
		if (o->kind >= 0)
			return 0;
		if (gth_listing.json)
			return print_line(
				json_pack("{s:I, s:n}", "index", (json_int_t)index, "kind"));
		printf("%8llu  %zu bytes that are not an entry of this version\n",
		       (unsigned long long)index, len);
		return ferror(stdout) ? -EIO : 0;
	}
	if (o->kind >= 0 && (int)e.kind != o->kind)
		return 0;
	if (gth_listing.json) {
		path = path_of(l, &e);
		value = entry_json(index, &e);
		json_object_set_new(value, "path", path ? gth_json_text(path) : json_null());
		return print_line(value);
	}
	print_entry(l, index, &e);
	return ferror(stdout) ? -EIO : 0;
}

static int fail(const struct egress_journal *j, int err, const char *bad)
{
	char text[256];

	egress_explain(err, j, bad, text, sizeof(text));
	gth_say("%s: %s", j->path, text);
	return CTL_FAILED;
}

int egress_list(const struct egress_journal *j, const struct egress_options *o)
{
	struct listing l = {
		.o = o,
		.columns = { { "N", -8 },
			     { "TIME", 20 },
			     { "KIND", 10 },
			     { "BYTES", -10 },
			     { "SHA-256", gth_listing_digits() },
			     { "REASON", 12 },
			     { "WHAT", 34 },
			     { "PATH", 0 } },
	};
	struct gth_checkpoint c;
	int err = gth_tlog_checkpoint(j->dir, &j->key, &c), paths = 0;

	if (err)
		return fail(j, err, "checkpoint");
	/* A journal of another machine has names that only that one knows. */
	if (j->here)
		paths = open_paths(&l);
	if (!gth_listing.json)
		gth_listing_head(l.columns);
	err = gth_tlog_each(j->dir, c.size, o->since, list_one, &l);
	if (close_paths(&l))
		paths = -EIO;
	/* Told at the exit. */
	if (ferror(stdout))
		return CTL_FAILED;
	if (err)
		return fail(j, err, err == -EIO ? "list" : "tile/entries");
	return paths ? CTL_FAILED : CTL_OK;
}

/* Byte for byte into a file, which may be hashed; a terminal sees what cannot steer it. */
static int print_text(const char *text, size_t len)
{
	char *shown;

	if (isatty(STDOUT_FILENO)) {
		shown = malloc(GTH_VISIBLE_SIZE(len));
		if (!shown)
			return -ENOMEM;
		gth_visible(shown, GTH_VISIBLE_SIZE(len), text, len, GTH_VISIBLE_LINES);
		fputs(shown, stdout);
		free(shown);
	} else {
		fwrite(text, 1, len, stdout);
	}
	if (len && text[len - 1] != '\n')
		putchar('\n');
	return 0;
}

int egress_show(const struct egress_journal *j, unsigned long long index)
{
	struct gth_egress e = { 0 };
	struct gth_checkpoint c;
	void *entry;
	size_t len;
	int err = gth_tlog_checkpoint(j->dir, &j->key, &c);

	if (err)
		return fail(j, err, "checkpoint");
	if (index >= c.size) {
		gth_say("%s: there is no entry %llu: the journal has %llu, from 0 on", j->path,
			index, (unsigned long long)c.size);
		return CTL_FAILED;
	}
	err = gth_tlog_read(j->dir, c.size, index, &entry, &len);
	if (err)
		return fail(j, err, "tile/entries");
	if (!gth_listing.json) {
		err = print_text(entry, len);
	} else {
		json_t *value =
			gth_egress_parse(&e, entry, len)
				? json_pack("{s:I, s:n}", "index", (json_int_t)index, "kind")
				: entry_json(index, &e);

		if (value)
			json_object_set_new(value, "text", gth_json_bytes(entry, len));
		err = gth_json_print(value);
	}
	free(entry);
	return err ? CTL_FAILED : CTL_OK;
}

struct count {
	struct gth_progress progress;
	uint64_t of;
};

static int count_one(uint64_t index, const void *entry, size_t len, void *arg)
{
	struct count *count = arg;

	(void)entry;
	(void)len;
	gth_progress_show(&count->progress, "verifying", index, count->of);
	return 0;
}

static json_t *kept_json(const struct egress_head *h)
{
	uint8_t root[GTH_TLOG_HASH_SIZE];
	char base64[GTH_BASE64_LEN(GTH_TLOG_HASH_SIZE) + 1];

	if (h->what != EGRESS_KEPT || gth_frontier_root(&h->head.tree, root))
		return json_null();
	gth_base64_encode(base64, root, sizeof(root));
	return json_pack("{s:I, s:s, s:I, s:I, s:I}", "entries", (json_int_t)h->head.tree.size,
			 "root", base64, "accepted", (json_int_t)h->head.accepted, "accepted_by",
			 (json_int_t)h->head.accepted_by, "replaced_entries",
			 (json_int_t)h->head.replaced_size);
}

static void print_kept(const struct egress_head *h)
{
	static const char *const not_compared[] = {
		[EGRESS_NONE] = "the daemon keeps no head yet",
		[EGRESS_DENIED] = "that needs root",
		[EGRESS_ELSEWHERE] = "a journal named by its directory may be a copy",
	};
	char time[GTH_UTC_SIZE];

	if (h->what != EGRESS_KEPT) {
		printf("not compared with the head that the daemon keeps: %s\n",
		       not_compared[h->what]);
		return;
	}
	printf("the daemon keeps the head of %llu of them, and it is theirs\n",
	       (unsigned long long)h->head.tree.size);
	if (!h->head.accepted)
		return;
	gth_utc_format(time, h->head.accepted);
	printf("accepted at %s by uid %llu in place of another, of %llu entries\n", time,
	       (unsigned long long)h->head.accepted_by, (unsigned long long)h->head.replaced_size);
}

int egress_verify(const struct egress_journal *j, const struct egress_options *o)
{
	char bad[64], text[512] = "", root[GTH_BASE64_LEN(GTH_TLOG_HASH_SIZE) + 1];
	struct gth_checkpoint c = { 0 };
	struct count count = { 0 };
	static struct egress_head head;
	int err, ret;

	/* Before the journal is looked at: it is never behind its head. */
	egress_head_load(&head, j);
	gth_progress_init(&count.progress, o->progress);
	if (j->dir >= 0 && !gth_tlog_checkpoint(j->dir, &j->key, &c))
		count.of = c.size;
	snprintf(bad, sizeof(bad), "the journal");
	err = j->dir < 0 ? -ENOENT : gth_tlog_verify(j->dir, &j->key, count_one, &count, &c, bad);
	gth_progress_clear(&count.progress);
	gth_base64_encode(root, c.root, sizeof(c.root));
	if (j->dir < 0)
		egress_head_missing(&head, text, sizeof(text));
	else if (err)
		egress_explain(err, j, bad, text, sizeof(text));
	else
		err = egress_head_check(&head, j, c.size, text, sizeof(text));
	if (err)
		gth_say("%s: %s", j->path, text);
	ret = err ? CTL_FAILED : CTL_OK;
	if (gth_listing.json && err)
		ret = gth_json_print(json_pack("{s:b, s:o, s:o}", "ok", 0, "problem",
					       gth_json_text(text), "kept", kept_json(&head)))
			      ? CTL_FAILED
			      : ret;
	else if (gth_listing.json)
		ret = gth_json_print(json_pack("{s:b, s:I, s:s, s:o, s:n, s:o}", "ok", 1, "entries",
					       (json_int_t)c.size, "root", root, "signed_by",
					       gth_json_text(c.origin), "problem", "kept",
					       kept_json(&head)))
			      ? CTL_FAILED
			      : ret;
	else if (!err)
		printf("%llu entries, root %s, signed by %s\n", (unsigned long long)c.size, root,
		       gth_shown(c.origin));
	if (!gth_listing.json && !err)
		print_kept(&head);
	return ret;
}
