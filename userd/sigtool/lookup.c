// SPDX-License-Identifier: GPL-2.0-or-later
/* lookup.c - the lookup command: digests or files in a database. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/host/names.h"
#include "lib/host/search.h"
#include "lib/util/hex.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/prefix.h"
#include "lib/util/say.h"
#include "lib/util/sha256.h"
#include "lib/util/visible.h"
#include "sigtool/database.h"
#include "sigtool/sigtool.h"

#define DIGITS (2 * GTH_DIGEST_SIZE)
#define ALIKE_MAX 10 /* records that begin alike, shown at most */

struct lookup {
	const char *path;
	char **what;
	int n;
	int fd; /* of the body */
	json_t *results;
	struct gth_column columns[4];
	struct database db;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct lookup *l = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (l->path)
			return ARGP_ERR_UNKNOWN; /* ARGP_KEY_ARGS gets the rest */
		l->path = arg;
		return 0;
	case ARGP_KEY_ARGS:
		l->what = state->argv + state->next;
		l->n = state->argc - state->next;
		return 0;
	case ARGP_KEY_END:
		if (!l->path || !l->n)
			argp_error(state, "a database and a digest or a file are needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* 64 hexadecimal digits are a digest; all else is a file's name. */
static int digest_of(const char *what, u8 digest[GTH_DIGEST_SIZE], bool *file)
{
	char prefix[GTH_DIGEST_TEXT];
	int fd, err;

	*file = !gth_prefix_parse(prefix, what) || strlen(prefix) != DIGITS;
	if (!*file)
		return gth_hex_decode(digest, GTH_DIGEST_SIZE, prefix);
	fd = open(what, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = gth_sha256_fd(fd, digest);
	close(fd);
	return err;
}

/* A digest may be of either domain, a file's content only of one. */
static int find(struct lookup *l, const u8 *digest, bool file, u8 *domain, u8 *class, u64 *at)
{
	u64 records = l->db.m.body_size / sizeof(struct gth_record);
	u8 last = file ? GTH_DOMAIN_SHA256 : GTH_DOMAIN_MAX - 1;
	int err = 0;

	*class = GTH_CLASS_UNKNOWN;
	for (*domain = GTH_DOMAIN_SHA256;; ++*domain) {
		err = gth_search_body(l->fd, records, *domain, digest, class, at);
		if (err || *class != GTH_CLASS_UNKNOWN || *domain == last)
			return err;
	}
}

static int print(struct lookup *l, const char *what, const u8 *digest, u8 domain, u8 class)
{
	char digits[GTH_DIGEST_TEXT];
	const char *cells[] = { gth_class_name(class), digits, gth_shown(what) };

	if (!gth_listing.json) {
		gth_listing_digest(digits, digest);
		gth_listing_row(l->columns, cells);
		return 0;
	}
	return json_array_append_new(
		       l->results,
		       json_pack("{s:o, s:o, s:o, s:s}", "input", gth_json_text(what), "digest",
				 gth_json_hex(digest, GTH_DIGEST_SIZE), "domain",
				 class == GTH_CLASS_UNKNOWN ? json_null()
							    : json_string(gth_domain_name(domain)),
				 "class", gth_class_name(class)))
		       ? -ENOMEM
		       : 0;
}

static int say_error(struct lookup *l, int err, u64 at)
{
	if (err == -EPROTO || err == -ENODATA) {
		gth_say("%s: record %llu is %s: run `gotthard-sigtool verify %s'", l->db.body, at,
			err == -EPROTO ? "invalid" : "missing", l->path);
		return STATUS_INPUT;
	}
	gth_say("%s: %s", l->db.body, strerror(-err));
	return STATUS_IO;
}

static int say_ambiguous(const char *what, const struct gth_record *found, int n)
{
	char hex[DIGITS + 1];

	gth_say("%s: is the beginning of more than one digest; give more of it:", what);
	for (int i = 0; i < n; i++) {
		gth_hex_encode(hex, found[i].digest, GTH_DIGEST_SIZE);
		gth_say("  %s %s %s", hex, gth_domain_name(found[i].domain),
			gth_class_name(found[i].class));
	}
	if (n == ALIKE_MAX)
		gth_say("  and more");
	return STATUS_INPUT;
}

/* By its first digits. Return: a status; -ENOENT: no record begins so. */
static int look_up_prefix(struct lookup *l, const char *what, const char *prefix)
{
	u64 records = l->db.m.body_size / sizeof(struct gth_record), at = 0;
	struct gth_record found[ALIKE_MAX];
	int n = 0;

	for (u8 domain = GTH_DOMAIN_SHA256; domain < GTH_DOMAIN_MAX && n < ALIKE_MAX; domain++) {
		int more = gth_search_prefix(l->fd, records, domain, prefix, found + n,
					     ALIKE_MAX - n, &at);

		if (more < 0)
			return say_error(l, more, at);
		n += more;
	}
	if (!n)
		return -ENOENT;
	if (n > 1)
		return say_ambiguous(what, found, n);
	n = print(l, what, found[0].digest, found[0].domain, found[0].class);
	return n ? say_error(l, n, at) : STATUS_OK;
}

static int look_up(struct lookup *l, const char *what)
{
	u8 digest[GTH_DIGEST_SIZE], domain, class;
	char prefix[GTH_DIGEST_TEXT];
	bool file;
	u64 at;
	int err;

	if (gth_prefix_parse(prefix, what) && strlen(prefix) < DIGITS) {
		err = look_up_prefix(l, what, prefix);
		if (err != -ENOENT)
			return err;
	}
	err = digest_of(what, digest, &file);
	if (err) {
		gth_say("%s: neither a digest of %d hexadecimal digits, nor the beginning of one of the database, and as a file: %s",
			what, DIGITS, strerror(-err));
		return STATUS_IO;
	}
	err = find(l, digest, file, &domain, &class, &at);
	if (!err)
		err = print(l, what, digest, domain, class);
	return err ? say_error(l, err, at) : STATUS_OK;
}

/* The digest of the body is not checked: that would read all of it. */
static int open_database(struct lookup *l)
{
	const char *file = l->path;
	struct problem p;
	struct stat st;
	bool failed = true;
	int err = database_open(&l->db, l->path, NULL);

	if (!err) {
		file = l->db.manifest;
		err = database_read(&l->db);
	}
	if (!err && database_parse(&l->db, &p)) {
		gth_say("%s:%lld: %s", l->db.manifest, p.line, p.text);
		return STATUS_INPUT;
	}
	if (!err) {
		file = l->db.body;
		l->fd = open(l->db.body, O_RDONLY | O_CLOEXEC);
		failed = l->fd < 0 || fstat(l->fd, &st) < 0;
		err = failed ? -errno : 0;
	}
	if (failed) {
		gth_say("%s: %s", file, strerror(-err));
		return STATUS_IO;
	}
	if ((u64)st.st_size == l->db.m.body_size)
		return STATUS_OK;
	gth_say("%s: %lld bytes; the manifest says %llu: run `gotthard-sigtool verify %s'",
		l->db.body, (long long)st.st_size, l->db.m.body_size, l->path);
	return STATUS_INPUT;
}

int command_lookup(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse,
		.children = gth_list_children,
		.args_doc = "DIR|MANIFEST DIGEST|FILE...",
		.doc = "Prints the class of each digest or file, or `unknown'. "
		       "Of a digest that the database has, the first 8 digits are enough. "
		       "A file whose name is 8 to 64 hexadecimal digits is given as ./NAME."
	};
	static struct lookup l = { .fd = -1 };
	int status, worst, err;

	argp_parse(&argp, argc, argv, 0, NULL, &l);
	worst = open_database(&l);
	if (worst)
		return worst;
	l.results = json_array();
	l.columns[0] = (struct gth_column) { "CLASS", 10 };
	l.columns[1] = (struct gth_column) { "DIGEST", gth_listing_digits() };
	l.columns[2] = (struct gth_column) { "INPUT", 0 };
	if (!gth_listing.json)
		gth_listing_head(l.columns);
	for (int i = 0; i < l.n; i++) {
		status = look_up(&l, l.what[i]);
		if (status > worst)
			worst = status;
	}
	close(l.fd);
	if (!gth_listing.json) {
		json_decref(l.results);
		return worst;
	}
	err = gth_json_print(l.results);
	if (err)
		gth_say("%s", strerror(-err));
	return err ? STATUS_IO : worst;
}
