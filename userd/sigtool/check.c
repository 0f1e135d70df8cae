// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * check.c - a body against its manifest (see check.h).
 *
 * core/body.c judges; this file only finds words for what it refused.
 */
#include "sigtool/check.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/body.h"
#include "lib/host/empty.h"
#include "lib/util/io.h"
#include "lib/host/names.h"
#include "lib/util/sha256.h"
#include "sigtool/sigtool.h"

#define RECORD sizeof(struct gth_record)
/* bytes: whole records, so that a bad one is in one chunk */
#define CHUNK (16384U * 34)
static_assert(CHUNK % RECORD == 0, "whole records");

struct check {
	const struct gth_manifest *m;
	struct gth_body body;
	struct gth_sha256 hash;
	unsigned long long records; /* taken */
	unsigned long long bytes;   /* in the chunks before this one */
	u8 empty;		    /* class of the empty file */
	struct gth_progress *progress;
};

static int count(void *ctx, const struct gth_record *rec)
{
	struct check *c = ctx;

	if (gth_empty_denied(rec->domain, rec->class, rec->digest))
		c->empty = rec->class;
	gth_progress_show(c->progress, "records checked", ++c->records, c->m->body_size / RECORD);
	return 0;
}

static void describe_record(const struct check *c, const u8 *chunk, struct problem *p)
{
	unsigned long long at = c->records * RECORD;
	const struct gth_record *rec = (const struct gth_record *)(chunk + (at - c->bytes));
	int order = memcmp(c->body.last, rec, GTH_RECORD_KEY);

	p->record = (long long)c->records;
	p->offset = (long long)at;
	if (rec->domain == GTH_DOMAIN_NONE || rec->domain >= GTH_DOMAIN_MAX) {
		p->check = "domain";
		snprintf(p->text, sizeof(p->text), "there is no domain %u", rec->domain);
	} else if (rec->class == GTH_CLASS_UNKNOWN || rec->class >= GTH_CLASS_MAX) {
		p->check = "class";
		p->offset += GTH_RECORD_KEY;
		snprintf(p->text, sizeof(p->text), "there is no class %u", rec->class);
	} else {
		p->check = "order";
		snprintf(p->text, sizeof(p->text), "the record is %s the one before it",
			 order ? "smaller than" : "a duplicate of");
	}
}

static void describe_end(const struct check *c, int err, struct problem *p)
{
	unsigned long long size = c->records * RECORD + c->body.have;

	if (err == -EFBIG) {
		p->check = "size";
		p->offset = (long long)c->m->body_size;
		snprintf(p->text, sizeof(p->text), "longer than the %llu bytes in the manifest",
			 c->m->body_size);
	} else if (err == -ENODATA) {
		p->check = "size";
		p->offset = (long long)size;
		snprintf(p->text, sizeof(p->text), "ends here; the manifest says %llu bytes",
			 c->m->body_size);
	} else {
		int i = GTH_CLASS_MAX - 1;

		while (i && c->body.count[i] == c->m->count[i])
			i--;
		p->check = "counts";
		snprintf(p->text, sizeof(p->text), "%llu %s records; the manifest says %llu",
			 c->body.count[i], gth_class_name((unsigned int)i), c->m->count[i]);
	}
}

/* Return: 0 with or without a problem found; or a negative errno of the system. */
static int stream(struct check *c, int fd, u8 *chunk, struct problem *p)
{
	for (;;) {
		ssize_t n = gth_read_full(fd, chunk, CHUNK);
		int err;

		if (n <= 0)
			return (int)n;
		err = gth_sha256_update(&c->hash, chunk, (size_t)n);
		if (err)
			return err;
		if (gth_body_feed(&c->body, chunk, (size_t)n, count, c)) {
			describe_record(c, chunk, p);
			return 0;
		}
		c->bytes += (unsigned long long)n;
		if (c->bytes > c->m->body_size) {
			describe_end(c, -EFBIG, p);
			return 0;
		}
	}
}

static int compare_digest(struct check *c, struct problem *p)
{
	u8 digest[GTH_DIGEST_SIZE];
	int err = gth_sha256_final(&c->hash, digest);

	if (err || !memcmp(digest, c->m->body_digest, sizeof(digest)))
		return err;
	p->check = "digest";
	snprintf(p->text, sizeof(p->text),
		 "its SHA-256 is not the manifest's: it was changed, or is of another release");
	return 0;
}

/*
 * Fills in @p when something is wrong. @empty: the class in which the empty file is
 * listed, unless it is trusted; GTH_CLASS_UNKNOWN: it is not.
 * Return: 0 or a negative errno of the system.
 */
int check_body(const struct database *db, struct problem *p, u8 *empty,
	       struct gth_progress *progress)
{
	struct check c = { .m = &db->m, .progress = progress };
	u8 *chunk = malloc(CHUNK);
	int fd, err;

	fd = open(db->body, O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? -errno : chunk ? 0 : -ENOMEM;
	if (!err)
		err = gth_sha256_init(&c.hash);
	if (!err) {
		gth_body_init(&c.body);
		err = stream(&c, fd, chunk, p);
	}
	if (!err && !p->check) {
		int end = gth_body_end(&c.body, &db->m);

		if (end)
			describe_end(&c, end, p);
	}
	if (!err && !p->check)
		err = compare_digest(&c, p);
	gth_sha256_free(&c.hash);
	if (fd >= 0)
		close(fd);
	free(chunk);
	*empty = c.empty;
	return err;
}
