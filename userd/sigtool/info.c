// SPDX-License-Identifier: GPL-2.0-or-later
/* info.c - the info command: what a manifest says. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/host/empty.h"
#include "lib/host/names.h"
#include "lib/util/hex.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "lib/util/visible.h"
#include "sigtool/database.h"
#include "sigtool/delta_file.h"
#include "sigtool/signature.h"
#include "sigtool/sigtool.h"

struct info_options {
	const char *path;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct info_options *o = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (o->path)
			argp_error(state, "one database at a time");
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

static void print_time(const char *key, unsigned long long t, const char *note)
{
	char text[GTH_UTC_SIZE];

	gth_utc_format(text, t);
	printf("%-12s %s%s\n", key, text, note);
}

/* That it is signed says nothing of whether the module knows the key. */
static void find_signer(const struct database *db, char signer[SIGNER_SIZE])
{
	struct problem p;
	int err = signature_check(db, NULL, signer, &p);

	if (err == -EKEYREJECTED)
		gth_say("%s: warning: %s", db->signature, p.text);
	else if (err && err != -ENOENT)
		gth_say("%s: warning: %s", db->signature, strerror(-err));
}

static void print_text(const struct gth_manifest *m, bool expired, const char *signer)
{
	char prev[2 * GTH_DIGEST_SIZE + 1] = "none";
	char body[2 * GTH_DIGEST_SIZE + 1], size[GTH_UNITS_SIZE];

	if (m->has_prev)
		gth_hex_encode(prev, m->prev, sizeof(m->prev));
	gth_hex_encode(body, m->body_digest, sizeof(m->body_digest));
	printf("%-12s %s\n", "name", m->name);
	printf("%-12s %llu\n", "version", m->version);
	print_time("created", m->created, "");
	print_time("expires", m->expires, expired ? ", expired" : ", not expired");
	printf("%-12s %s\n", "prev", prev);
	gth_listing_size(size, m->body_size);
	printf("%-12s %s\n", "body-size", size);
	printf("%-12s %s\n", "body-sha256", body);
	for (int i = GTH_CLASS_MAX - 1; i > GTH_CLASS_UNKNOWN; i--)
		printf("%-12s %llu\n", gth_class_name((unsigned int)i), m->count[i]);
	printf("%-12s %s\n", "signer", *signer ? gth_shown(signer) : "none");
}

/* A fault of the delta is said; then it is as if there were none. */
static bool read_delta(struct delta_file *f, const struct database *db)
{
	int err;

	if (!delta_file_exists(db))
		return false;
	err = delta_file_open(f, db);
	if (err)
		gth_say("%s: %s", f->path, strerror(-err));
	else if (f->problem.check)
		problem_say(f->path, &f->problem);
	delta_file_close(f);
	return !err && !f->problem.check;
}

static void print_delta(const struct gth_delta *d)
{
	char from[2 * GTH_DIGEST_SIZE + 1];

	gth_hex_encode(from, d->from, sizeof(d->from));
	printf("%-12s from version %llu, whose manifest has the SHA-256 %s\n", "delta",
	       d->from_version, from);
	printf("%-12s %llu\n%-12s %llu\n%-12s %llu\n", "  removed", d->count[GTH_DELTA_REMOVED],
	       "  changed", d->count[GTH_DELTA_CHANGED], "  added", d->count[GTH_DELTA_ADDED]);
}

static int print_json(const struct database *db, const struct gth_delta *delta, bool expired,
		      u8 empty, const char *signer)
{
	json_t *root = database_json(&db->m);

	if (!root || json_object_set_new(root, "manifest", gth_json_text(db->manifest)) ||
	    json_object_set_new(root, "delta", delta ? delta_file_json(delta) : json_null()) ||
	    json_object_set_new(root, "expired", json_boolean(expired)) ||
	    json_object_set_new(root, "signer", *signer ? gth_json_text(signer) : json_null()) ||
	    json_object_set_new(root, "empty_file", database_empty_json(empty))) {
		json_decref(root);
		root = NULL;
	}
	return gth_json_print(root);
}

/* A manifest may be alone: what cannot be looked at is passed over. */
static u8 find_empty(const struct database *db)
{
	int fd = open(db->body, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	u8 class = GTH_CLASS_UNKNOWN;

	if (fd < 0)
		return class;
	if (gth_empty_find(fd, &class) || class == GTH_CLASS_TRUSTED)
		class = GTH_CLASS_UNKNOWN;
	close(fd);
	return class;
}

int command_info(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse,
		.children = gth_unit_children,
		.args_doc = "DIR|MANIFEST",
		.doc = "Shows the fields of a database's manifest. In the body, if there is one, "
		       "only the digest of the empty file is looked up: see `gotthard-sigtool "
		       "verify'."
	};
	struct info_options o = { 0 };
	static struct database db;
	static struct delta_file delta;
	char signer[SIGNER_SIZE];
	bool expired, has_delta;
	u8 empty;
	int status, err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	status = database_load(&db, o.path);
	if (status)
		return status;
	expired = (unsigned long long)time(NULL) >= db.m.expires;
	empty = find_empty(&db);
	database_warn_empty(&db, empty);
	find_signer(&db, signer);
	has_delta = read_delta(&delta, &db);
	if (!gth_listing.json) {
		print_text(&db.m, expired, signer);
		if (has_delta)
			print_delta(&delta.d);
		return STATUS_OK;
	}
	err = print_json(&db, has_delta ? &delta.d : NULL, expired, empty, signer);
	if (err)
		gth_say("%s", strerror(-err));
	return err ? STATUS_IO : STATUS_OK;
}
