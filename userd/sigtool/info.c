// SPDX-License-Identifier: GPL-2.0-or-later
/* info.c - the info command: what a manifest says. */
#include <argp.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/host/empty.h"
#include "lib/util/hex.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/host/names.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "sigtool/database.h"
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

static void print_text(const struct gth_manifest *m, bool expired)
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
}

static int print_json(const struct database *db, bool expired, u8 empty)
{
	json_t *root = database_json(&db->m);

	if (!root || json_object_set_new(root, "manifest", gth_json_text(db->manifest)) ||
	    json_object_set_new(root, "expired", json_boolean(expired)) ||
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
		.doc = "Shows what the manifest of a database says. "
		       "Of the body, if it is there, only the digest of the empty file is looked for: "
		       "see `gotthard-sigtool verify'."
	};
	struct info_options o = { 0 };
	static struct database db;
	struct problem p;
	bool expired;
	u8 empty;
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	err = database_open(&db, o.path, NULL);
	if (err) {
		gth_say("%s: %s", o.path, strerror(-err));
		return STATUS_IO;
	}
	err = database_read(&db);
	if (err) {
		gth_say("%s: %s", db.manifest, strerror(-err));
		return STATUS_IO;
	}
	if (database_parse(&db, &p)) {
		gth_say("%s:%lld: %s", db.manifest, p.line, p.text);
		return STATUS_INPUT;
	}
	expired = (unsigned long long)time(NULL) >= db.m.expires;
	empty = find_empty(&db);
	database_warn_empty(&db, empty);
	if (!gth_listing.json) {
		print_text(&db.m, expired);
		return STATUS_OK;
	}
	err = print_json(&db, expired, empty);
	if (err)
		gth_say("%s", strerror(-err));
	return err ? STATUS_IO : STATUS_OK;
}
