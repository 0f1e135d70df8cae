// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * delta_file.c - the file `delta' beside a manifest (see delta_file.h).
 *
 * core/delta.c judges; this file only finds words for what it refused.
 */
#include "sigtool/delta_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/host/names.h"
#include "lib/util/hex.h"
#include "lib/util/io.h"
#include "lib/util/json.h"

#define RECORD sizeof(struct gth_delta_record)

static const char *const kind_name[GTH_DELTA_KINDS] = { "removed", "changed", "added" };

/* The expected form of each line of a head, for messages. */
static const char *const head_line[] = {
	"`gotthard-delta 1'",
	"`name: ' and 1 to 31 of a-z 0-9 . _ -, the first a letter or digit",
	"`from-version: ' and a number from 1 on",
	"`from-manifest: ' and 64 hexadecimal digits in lower case",
	"`to-manifest: ' and 64 hexadecimal digits in lower case",
	"`removed: ' and a number",
	"`changed: ' and a number",
	"`added: ' and a number",
	"`records-sha256: ' and 64 hexadecimal digits in lower case",
	"the records",
};

static int find(char path[PATH_MAX], const struct database *to)
{
	const char *slash = strrchr(to->manifest, '/');
	int dir = slash ? (int)(slash - to->manifest) + 1 : 0;
	int n = snprintf(path, PATH_MAX, "%.*sdelta", dir, to->manifest);

	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/* Is there a delta beside the manifest? */
bool delta_file_exists(const struct database *to)
{
	char path[PATH_MAX];

	return !find(path, to) && !access(path, F_OK);
}

/* Is there a delta in the place of a body? */
bool delta_file_alone(const struct database *to)
{
	return access(to->body, F_OK) && delta_file_exists(to);
}

static void describe_head(struct delta_file *f, const char *text, size_t at, int err)
{
	size_t lines = sizeof(head_line) / sizeof(head_line[0]);

	if (err == -EFBIG)
		problem_set(&f->problem, "head", "more records than two releases can differ in");
	else
		problem_of_line(&f->problem, "head", text, at, head_line, lines);
}

/* The delta must be for the manifest that lies beside it. */
static int pair(struct delta_file *f, const struct database *to)
{
	u8 digest[GTH_DIGEST_SIZE];

	if (gth_sha256(to->text, to->len, digest))
		return -ENOMEM;
	if (memcmp(digest, f->d.to, sizeof(digest)) != 0)
		problem_set(&f->problem, "pair", "it does not belong to the manifest beside it");
	else if (strcmp(f->d.name, to->m.name) != 0)
		problem_set(&f->problem, "name", "it is of the database %s, its manifest of %s",
			    f->d.name, to->m.name);
	else if (f->d.from_version >= to->m.version)
		problem_set(&f->problem, "version",
			    "it leads from version %llu to %llu, which is not higher",
			    f->d.from_version, to->m.version);
	return 0;
}

/*
 * Opens the delta beside the manifest of @to, whose text was read and parsed, and reads its head.
 * Return: 0, with f->problem when something is wrong; or a negative errno of the system.
 * delta_file_close() is to be called in either case.
 */
int delta_file_open(struct delta_file *f, const struct database *to)
{
	char text[GTH_DELTA_HEAD_MAX];
	ssize_t n;
	int err;

	*f = (struct delta_file) { .fd = -1, .problem = PROBLEM_NONE };
	err = find(f->path, to);
	if (err)
		return err;
	f->fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0)
		return -errno;
	n = gth_pread_full(f->fd, text, sizeof(text), 0);
	if (n < 0)
		return (int)n;
	err = gth_delta_parse(&f->d, text, (size_t)n, &f->head);
	if (err) {
		describe_head(f, text, f->head, err);
		return 0;
	}
	err = pair(f, to);
	return err || f->problem.check ? err : delta_file_rewind(f);
}

/* Begins with the first record, again. Return: 0 or a negative errno. */
int delta_file_rewind(struct delta_file *f)
{
	stream_close(&f->stream);
	gth_delta_check_init(&f->check);
	if (lseek(f->fd, (off_t)f->head, SEEK_SET) < 0)
		return -errno;
	return stream_open(&f->stream, f->fd, RECORD);
}

static u64 file_size(const struct delta_file *f)
{
	return f->head + gth_delta_records(&f->d) * RECORD;
}

/* The place of the record that was read last. */
static void at_record(struct delta_file *f)
{
	u64 record = f->stream.records - 1;

	f->problem.record = (long long)record;
	f->problem.offset = (long long)(f->head + record * RECORD);
}

static void describe_record(struct delta_file *f, const struct gth_delta_record *rec)
{
	struct problem *p = &f->problem;
	int order = memcmp(f->check.last, rec, GTH_RECORD_KEY);

	if (rec->domain == GTH_DOMAIN_NONE || rec->domain >= GTH_DOMAIN_MAX)
		problem_set(p, "domain", "there is no domain %u", rec->domain);
	else if (rec->from >= GTH_CLASS_MAX || rec->to >= GTH_CLASS_MAX)
		problem_set(p, "class", "there is no class %u",
			    rec->from >= GTH_CLASS_MAX ? rec->from : rec->to);
	else if (rec->from == rec->to)
		problem_set(p, "class", "class %u becomes class %u: nothing changes", rec->from,
			    rec->to);
	else
		problem_set(p, "order", "the record is %s the one before it",
			    order ? "smaller than" : "a duplicate of");
	at_record(f);
}

static void describe_long(struct delta_file *f)
{
	problem_set(&f->problem, "size", "longer than the %llu bytes of its head's counts",
		    file_size(f));
	f->problem.offset = (long long)file_size(f);
}

static void describe_counts(struct delta_file *f)
{
	int i = 0;

	while (i < GTH_DELTA_KINDS - 1 && f->check.count[i] == f->d.count[i])
		i++;
	problem_set(&f->problem, "counts", "%llu records are %s; the head says %llu",
		    f->check.count[i], kind_name[i], f->d.count[i]);
}

static int end(struct delta_file *f)
{
	u64 records = gth_delta_records(&f->d);
	u8 digest[GTH_DIGEST_SIZE];
	const u8 *rest;
	size_t n = stream_rest(&f->stream, &rest);
	int err = gth_delta_check_end(&f->check, &f->d);

	if (f->stream.records < records) {
		problem_set(&f->problem, "size",
			    "torn: it ends here; by its head it has %llu bytes", file_size(f));
		f->problem.offset = (long long)(f->head + f->stream.records * RECORD + n);
	} else if (n) {
		describe_long(f);
	} else if (err) {
		describe_counts(f);
	} else {
		err = stream_digest(&f->stream, digest);
		if (err)
			return err;
		if (memcmp(digest, f->d.digest, sizeof(digest)) != 0)
			problem_set(&f->problem, "digest",
				    "the SHA-256 of its records is not that of its head: it was "
				    "changed");
	}
	return 0;
}

/*
 * @rec is good until the next call. Return: 1; 0: the end, or f->problem has
 * the fault that was found; or a negative errno of the system.
 */
int delta_file_next(struct delta_file *f, const struct gth_delta_record **rec)
{
	const void *raw;
	int err = stream_next(&f->stream, &raw);

	if (err < 0)
		return err;
	if (!err)
		return end(f);
	if (f->stream.records > gth_delta_records(&f->d)) {
		describe_long(f);
		return 0;
	}
	*rec = raw;
	if (!gth_delta_check(&f->check, raw))
		return 1;
	describe_record(f, raw);
	return 0;
}

/* Reads all records, and begins with the first one again. Return: as delta_file_open(). */
int delta_file_check(struct delta_file *f, struct gth_progress *progress)
{
	u64 records = gth_delta_records(&f->d);
	const struct gth_delta_record *rec;
	int err;

	while ((err = delta_file_next(f, &rec)) > 0)
		gth_progress_show(progress, "changes checked", f->stream.records, records);
	return err || f->problem.check ? err : delta_file_rewind(f);
}

/* @rec, the last one read, is right by itself; @err: why it does not fit its base. */
void delta_file_misfit(struct delta_file *f, const struct gth_delta_record *rec, int err)
{
	char hex[2 * GTH_DIGEST_SIZE + 1];

	gth_hex_encode(hex, rec->digest, sizeof(rec->digest));
	switch (err) {
	case -ENOENT:
		problem_set(&f->problem, "missing", "it %s %s, which the base does not have",
			    rec->to == GTH_CLASS_UNKNOWN ? "removes" : "changes", hex);
		break;
	case -EEXIST:
		problem_set(&f->problem, "present", "it adds %s, which the base has", hex);
		break;
	default:
		problem_set(&f->problem, "other-class",
			    "it takes %s for %s, and the base has it in another class", hex,
			    gth_class_name(rec->from));
		break;
	}
	at_record(f);
}

/* delta_file_json() - the fields of its head */
json_t *delta_file_json(const struct gth_delta *d)
{
	return json_pack("{s:I, s:o, s:I, s:I, s:I}", "from_version", (json_int_t)d->from_version,
			 "from_manifest", gth_json_hex(d->from, sizeof(d->from)), "removed",
			 (json_int_t)d->count[GTH_DELTA_REMOVED], "changed",
			 (json_int_t)d->count[GTH_DELTA_CHANGED], "added",
			 (json_int_t)d->count[GTH_DELTA_ADDED]);
}

void delta_file_close(struct delta_file *f)
{
	stream_close(&f->stream);
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}
