// SPDX-License-Identifier: GPL-2.0-or-later
/* patch.c - a base and a delta to a body (see patch.h). */
#include "sigtool/patch.h"

#include <string.h>

#include "lib/util/sink.h"

struct patch {
	struct body_reader *base;
	struct delta_file *delta;
	const struct gth_manifest *to;
	const struct gth_record *old;	       /* next of the base; NULL: its end */
	const struct gth_delta_record *change; /* next of the delta; NULL: its end */
	struct gth_sink sink;
	struct gth_sha256 hash;
	u64 count[GTH_CLASS_MAX]; /* records written */
	struct gth_progress *progress;
};

static int advance(struct patch *p, int used)
{
	int more = 1;

	if (used & GTH_DELTA_USED_BASE) {
		more = body_reader_next(p->base, &p->old);
		if (more <= 0)
			p->old = NULL;
	}
	if (more >= 0 && used & GTH_DELTA_USED_DELTA) {
		more = delta_file_next(p->delta, &p->change);
		if (more <= 0)
			p->change = NULL;
	}
	return more < 0 ? more : 0;
}

static bool faulty(const struct patch *p)
{
	return p->base->problem.check || p->delta->problem.check;
}

static int merge(struct patch *p)
{
	u64 total = p->to->body_size / sizeof(struct gth_record);
	int err = advance(p, GTH_DELTA_USED_BASE | GTH_DELTA_USED_DELTA);

	while (!err && !faulty(p) && (p->old || p->change)) {
		struct gth_record rec;
		int did = gth_delta_step(p->old, p->change, &rec);

		if (did < 0) {
			delta_file_misfit(p->delta, p->change, did);
			break;
		}
		if (did & GTH_DELTA_MADE) {
			p->count[rec.class]++;
			err = gth_sink_put(&p->sink, &rec, sizeof(rec));
			gth_progress_show(p->progress, "records written",
					  p->sink.written / sizeof(rec), total);
		}
		if (!err)
			err = advance(p, did);
	}
	return err ? err : gth_sink_flush(&p->sink);
}

static int judge(struct patch *p, struct problem *result)
{
	u8 digest[GTH_DIGEST_SIZE];
	int err = gth_sha256_final(&p->hash, digest);

	if (err)
		return err;
	if (p->sink.written != p->to->body_size ||
	    memcmp(p->count, p->to->count, sizeof(p->count)) != 0)
		problem_set(result, "counts",
			    "the result has %llu malicious, %llu suspicious and %llu trusted "
			    "records, its manifest says %llu, %llu and %llu",
			    p->count[GTH_CLASS_MALICIOUS], p->count[GTH_CLASS_SUSPICIOUS],
			    p->count[GTH_CLASS_TRUSTED], p->to->count[GTH_CLASS_MALICIOUS],
			    p->to->count[GTH_CLASS_SUSPICIOUS], p->to->count[GTH_CLASS_TRUSTED]);
	else if (memcmp(digest, p->to->body_digest, sizeof(digest)) != 0)
		problem_set(result, "digest",
			    "the SHA-256 of the result is not that of its manifest");
	return 0;
}

/*
 * Writes base and delta, both at their first record, as one body to @fd. Nothing of it may be
 * used if there is a problem in @base, @delta or @result.
 * Return: 0 or a negative errno of the system.
 */
int patch_bodies(struct body_reader *base, struct delta_file *delta, const struct gth_manifest *to,
		 int fd, struct problem *result, struct gth_progress *progress)
{
	struct patch p = { .base = base, .delta = delta, .to = to, .progress = progress };
	int err = gth_sha256_init(&p.hash);

	if (!err)
		err = gth_sink_init(&p.sink, fd, &p.hash);
	if (!err)
		err = merge(&p);
	if (!err && !faulty(&p))
		err = judge(&p, result);
	gth_sink_free(&p.sink);
	gth_sha256_free(&p.hash);
	return err;
}
