// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * body_reader.c - the records of a release (see body_reader.h).
 *
 * core/body.c judges; this file only finds words for what it refused.
 */
#include "sigtool/body_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/host/names.h"

#define RECORD sizeof(struct gth_record)

/* Return: 0 or a negative errno; body_reader_close() is to be called in either case. */
int body_reader_open(struct body_reader *r, const struct database *db)
{
	*r = (struct body_reader) { .db = db, .problem = PROBLEM_NONE };
	gth_body_init(&r->body);
	r->fd = open(db->body, O_RDONLY | O_CLOEXEC);
	return r->fd < 0 ? -errno : stream_open(&r->stream, r->fd, RECORD);
}

static void describe_record(struct body_reader *r, const struct gth_record *rec)
{
	struct problem *p = &r->problem;
	int order = memcmp(r->body.last, rec, GTH_RECORD_KEY);
	u64 record = r->stream.records - 1;

	if (rec->domain == GTH_DOMAIN_NONE || rec->domain >= GTH_DOMAIN_MAX)
		problem_set(p, "domain", "there is no domain %u", rec->domain);
	else if (rec->class == GTH_CLASS_UNKNOWN || rec->class >= GTH_CLASS_MAX)
		problem_set(p, "class", "there is no class %u", rec->class);
	else
		problem_set(p, "order", "the record is %s the one before it",
			    order ? "smaller than" : "a duplicate of");
	p->record = (long long)record;
	p->offset = (long long)(record * RECORD);
	if (!strcmp(p->check, "class"))
		p->offset += GTH_RECORD_KEY;
}

static void describe_long(struct body_reader *r)
{
	u64 size = r->db->m.body_size;

	problem_set(&r->problem, "size", "longer than the %llu bytes in the manifest", size);
	r->problem.offset = (long long)size;
}

static void describe_end(struct body_reader *r, int err)
{
	const struct gth_manifest *m = &r->db->m;
	struct problem *p = &r->problem;
	int i = GTH_CLASS_MAX - 1;

	if (err == -ENODATA) {
		problem_set(p, "size", "ends here; the manifest says %llu bytes", m->body_size);
		p->offset = (long long)(r->stream.records * RECORD + r->body.have);
		return;
	}
	while (i && r->body.count[i] == m->count[i])
		i--;
	problem_set(p, "counts", "%llu %s records; the manifest says %llu", r->body.count[i],
		    gth_class_name((unsigned int)i), m->count[i]);
}

static int end(struct body_reader *r)
{
	u8 digest[GTH_DIGEST_SIZE];
	const u8 *rest;
	size_t n = stream_rest(&r->stream, &rest);
	int err;

	if (n && r->stream.records * RECORD >= r->db->m.body_size) {
		describe_long(r);
		return 0;
	}
	gth_body_feed(&r->body, rest, n, NULL, NULL);
	err = gth_body_end(&r->body, &r->db->m);
	if (err) {
		describe_end(r, err);
		return 0;
	}
	err = stream_digest(&r->stream, digest);
	if (!err && memcmp(digest, r->db->m.body_digest, sizeof(digest)) != 0)
		problem_set(&r->problem, "digest",
			    "its SHA-256 is not the manifest's: it was changed, or is of another "
			    "release");
	return err;
}

/*
 * @rec is good until the next call. Return: 1; 0: the end, or r->problem has
 * the fault that was found; or a negative errno of the system.
 */
int body_reader_next(struct body_reader *r, const struct gth_record **rec)
{
	const void *raw;
	int err = stream_next(&r->stream, &raw);

	if (err < 0)
		return err;
	if (!err)
		return end(r);
	if (r->stream.records * RECORD > r->db->m.body_size) {
		describe_long(r);
		return 0;
	}
	*rec = raw;
	if (!gth_body_feed(&r->body, raw, RECORD, NULL, NULL))
		return 1;
	describe_record(r, *rec);
	return 0;
}

void body_reader_close(struct body_reader *r)
{
	stream_close(&r->stream);
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}
