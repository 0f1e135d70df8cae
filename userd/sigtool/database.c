// SPDX-License-Identifier: GPL-2.0-or-later
/* database.c - where a database is, and its manifest (see database.h). */
#include "sigtool/database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/host/empty.h"
#include "lib/host/names.h"
#include "lib/util/io.h"
#include "lib/util/json.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "sigtool/sigtool.h"

static int join(char out[PATH_MAX], const char *dir, int len, const char *name)
{
	int n = snprintf(out, PATH_MAX, "%.*s%s", len, dir, name);

	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/*
 * Finds the files: @path is a directory or a manifest, whose body lies beside
 * it when @body is NULL. Return: 0 or a negative errno.
 */
int database_open(struct database *db, const char *path, const char *body)
{
	const char *slash = strrchr(path, '/');
	struct stat st;
	int err;

	if (stat(path, &st))
		return -errno;
	if (S_ISDIR(st.st_mode)) {
		err = join(db->manifest, path, PATH_MAX, "/manifest");
		if (!err)
			err = join(db->body, path, PATH_MAX, "/body");
	} else {
		err = join(db->manifest, path, PATH_MAX, "");
		if (!err)
			err = join(db->body, path, slash ? (int)(slash - path) + 1 : 0, "body");
	}
	if (!err && body)
		err = join(db->body, body, PATH_MAX, "");
	if (!err)
		err = join(db->signature, db->manifest, PATH_MAX, ".p7s");
	return err;
}

/* Reads the manifest's text. Return: 0 or a negative errno. */
int database_read(struct database *db)
{
	int fd = open(db->manifest, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = gth_read_full(fd, db->text, sizeof(db->text));
	close(fd);
	if (n < 0)
		return (int)n;
	db->len = (size_t)n;
	return 0;
}

/* Keys of the lines of a manifest, to say what was expected. */
static const char *const line_name[] = {
	"`gotthard-signatures 1'",
	"`name: ' and 1 to 31 of a-z 0-9 . _ -, the first a letter or digit",
	"`version: ' and a number from 1 on",
	"`created: ' and a number (Unix time)",
	"`expires: ' and a number (Unix time) higher than created",
	"`prev: ' and 64 hexadecimal digits in lower case, or `none'",
	"`body-size: ' and 34 times the sum of the counts",
	"`body-sha256: ' and 64 hexadecimal digits in lower case",
	"`malicious: ' and a number",
	"`suspicious: ' and a number",
	"`trusted: ' and a number",
	"the end of the manifest",
};

/* Return: 0, or the error of gth_manifest_parse() with @p filled in. */
int database_parse(struct database *db, struct problem *p)
{
	size_t at = 0;
	int err = gth_manifest_parse_at(&db->m, db->text, db->len, &at);

	if (!err)
		return 0;
	if (db->len > GTH_MANIFEST_MAX) {
		problem_set(p, "manifest", "longer than %d bytes: this is not a manifest",
			    GTH_MANIFEST_MAX);
		return err;
	}
	problem_of_line(p, "manifest", db->text, at, line_name,
			sizeof(line_name) / sizeof(line_name[0]));
	if (err == -EFBIG)
		snprintf(p->text, sizeof(p->text), "more than %llu records",
			 (unsigned long long)GTH_ENTRIES_MAX);
	return err;
}

/* The three above, with words for what is wrong. Return: an exit status. */
int database_load(struct database *db, const char *path)
{
	struct problem p;
	int err = database_open(db, path, NULL);

	if (err) {
		gth_say("%s: %s", path, strerror(-err));
		return STATUS_IO;
	}
	err = database_read(db);
	if (err) {
		gth_say("%s: %s", db->manifest, strerror(-err));
		return STATUS_IO;
	}
	if (!database_parse(db, &p))
		return STATUS_OK;
	problem_say(db->manifest, &p);
	return STATUS_INPUT;
}

static json_t *utc_json(unsigned long long t)
{
	char text[GTH_UTC_SIZE];

	gth_utc_format(text, t);
	return json_string(text);
}

/* The fields as they are in the manifest, the times for people as well. */
json_t *database_json(const struct gth_manifest *m)
{
	return json_pack("{s:s, s:I, s:I, s:o, s:I, s:o, s:o, s:I, s:o, s:I, s:I, s:I}", "name",
			 m->name, "version", (json_int_t)m->version, "created",
			 (json_int_t)m->created, "created_utc", utc_json(m->created), "expires",
			 (json_int_t)m->expires, "expires_utc", utc_json(m->expires), "prev",
			 m->has_prev ? gth_json_hex(m->prev, sizeof(m->prev)) : json_null(),
			 "body_size", (json_int_t)m->body_size, "body_sha256",
			 gth_json_hex(m->body_digest, sizeof(m->body_digest)), "malicious",
			 (json_int_t)m->count[GTH_CLASS_MALICIOUS], "suspicious",
			 (json_int_t)m->count[GTH_CLASS_SUSPICIOUS], "trusted",
			 (json_int_t)m->count[GTH_CLASS_TRUSTED]);
}

/* @class: of the empty file, unless it is trusted; UNKNOWN: not listed. */
json_t *database_empty_json(u8 class)
{
	return class == GTH_CLASS_UNKNOWN ? json_null() : json_string(gth_class_name(class));
}

void database_warn_empty(const struct database *db, u8 class)
{
	if (class != GTH_CLASS_UNKNOWN)
		gth_say("%s: warning: " GTH_EMPTY_TEXT, db->body, gth_class_name(class));
}
