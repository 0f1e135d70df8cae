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

#include "lib/hex.h"
#include "lib/json.h"
#include "lib/names.h"
#include "lib/say.h"
#include "lib/sha256.h"
#include "lib/visible.h"
#include "sigtool/database.h"
#include "lib/search.h"
#include "sigtool/sigtool.h"

#define DIGITS (2 * GTH_DIGEST_SIZE)

struct lookup {
	const char *path;
	char **what;
	int n;
	bool json;
	int fd; /* of the body */
	json_t *results;
	struct database db;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct lookup *l = state->input;

	switch (key) {
	case 'j':
		l->json = true;
		return 0;
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
	int fd, err;

	*file = strlen(what) != DIGITS || gth_hex_decode(digest, GTH_DIGEST_SIZE, what);
	if (!*file)
		return 0;
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
	char hex[DIGITS + 1];

	if (!l->json) {
		gth_hex_encode(hex, digest, GTH_DIGEST_SIZE);
		printf("%s  %s  %s\n", gth_class_name(class), hex, gth_shown(what));
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

static int look_up(struct lookup *l, const char *what)
{
	u8 digest[GTH_DIGEST_SIZE], domain, class;
	bool file;
	u64 at;
	int err = digest_of(what, digest, &file);

	if (err) {
		gth_say("%s: not a digest of %d hexadecimal digits, and as a file: %s", what,
			DIGITS, strerror(-err));
		return STATUS_IO;
	}
	err = find(l, digest, file, &domain, &class, &at);
	if (!err)
		err = print(l, what, digest, domain, class);
	if (!err)
		return STATUS_OK;
	if (err == -EPROTO || err == -ENODATA) {
		gth_say("%s: record %llu is %s: run `gotthard-sigtool verify %s'", l->db.body, at,
			err == -EPROTO ? "invalid" : "missing", l->path);
		return STATUS_INPUT;
	}
	gth_say("%s: %s", l->db.body, strerror(-err));
	return STATUS_IO;
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
	static const struct argp_option options[] = {
		{ .name = "json", .key = 'j', .doc = "Print JSON" }, { 0 }
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_argp_children,
		.args_doc = "DIR|MANIFEST DIGEST|FILE...",
		.doc = "Prints the class of each digest or file, or `unknown'. "
		       "A file whose name is 64 hexadecimal digits is given as ./NAME."
	};
	static struct lookup l = { .fd = -1 };
	int status, worst, err;

	argp_parse(&argp, argc, argv, 0, NULL, &l);
	worst = open_database(&l);
	if (worst)
		return worst;
	l.results = json_array();
	for (int i = 0; i < l.n; i++) {
		status = look_up(&l, l.what[i]);
		if (status > worst)
			worst = status;
	}
	close(l.fd);
	if (!l.json) {
		json_decref(l.results);
		return worst;
	}
	err = gth_json_print(l.results);
	if (err)
		gth_say("%s", strerror(-err));
	return err ? STATUS_IO : worst;
}
