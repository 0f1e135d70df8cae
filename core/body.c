// SPDX-License-Identifier: GPL-2.0-or-later
/* body.c - checks the body of a signature database (see body.h). */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "core/body.h"
#include "core/manifest.h"

#define RECORD	sizeof(struct gth_record)

/* A record is bytes only, so one may be seen at any address. */
static_assert(RECORD == 34 && __alignof__(struct gth_record) == 1);
static_assert(offsetof(struct gth_record, digest) == 1);
static_assert(offsetof(struct gth_record, class) == GTH_RECORD_KEY);

void gth_body_init(struct gth_body *b)
{
	*b = (struct gth_body){ };
}

static int take_record(struct gth_body *b, const u8 *raw,
		       int (*take)(void *ctx, const struct gth_record *rec), void *ctx)
{
	const struct gth_record *rec = (const struct gth_record *)raw;
	int err;

	if (rec->domain == GTH_DOMAIN_NONE || rec->domain >= GTH_DOMAIN_MAX)
		return -EPROTO;
	if (rec->class == GTH_CLASS_UNKNOWN || rec->class >= GTH_CLASS_MAX)
		return -EPROTO;
	if (b->any && memcmp(b->last, raw, GTH_RECORD_KEY) >= 0)
		return -EPROTO;
	err = take ? take(ctx, rec) : 0;
	if (err)
		return err;
	memcpy(b->last, raw, GTH_RECORD_KEY);
	b->any = true;
	b->count[rec->class]++;
	return 0;
}

/**
 * gth_body_feed() - check the next bytes of a body
 * @b: the state, from gth_body_init()
 * @data: untrusted bytes, cut anywhere
 * @len: how many; 0 is allowed
 * @take: called for each record in order, a non-zero result ends it; or NULL
 * @ctx: for @take
 *
 * After an error the state is of no more use.
 *
 * Return: 0; -EPROTO: a record is out of order or a duplicate, or its domain or
 * class is unknown; or what @take returned.
 */
int gth_body_feed(struct gth_body *b, const u8 *data, size_t len,
		  int (*take)(void *ctx, const struct gth_record *rec), void *ctx)
{
	while (len) {
		const u8 *raw = data;
		size_t n = RECORD;
		int err;

		if (b->have || len < RECORD) {
			n = min_t(size_t, RECORD - b->have, len);
			memcpy(b->part + b->have, data, n);
			b->have += n;
			if (b->have < RECORD)
				return 0;
			b->have = 0;
			raw = b->part;
		}
		err = take_record(b, raw, take, ctx);
		if (err)
			return err;
		data += n;
		len -= n;
	}
	return 0;
}

/**
 * gth_body_end() - compare what was fed with what the manifest promises
 * @b: the state after the last byte
 * @m: the manifest, as gth_manifest_parse() gave it
 *
 * Return: 0; -ENODATA: the body ends early or within a record; -EPROTO: the
 * counts differ.
 */
int gth_body_end(const struct gth_body *b, const struct gth_manifest *m)
{
	u64 records = 0;
	unsigned int i;

	for (i = 0; i < GTH_CLASS_MAX; i++)
		records += b->count[i];
	if (b->have || records * RECORD < m->body_size)
		return -ENODATA;
	for (i = 0; i < GTH_CLASS_MAX; i++)
		if (b->count[i] != m->count[i])
			return -EPROTO;
	return 0;
}
