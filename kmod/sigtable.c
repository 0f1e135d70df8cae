// SPDX-License-Identifier: GPL-2.0-only
/* sigtable.c - the signature table in force (see sigtable.h). */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>

#include <crypto/hash.h>

#include "core/body.h"
#include "core/cuckoo.h"
#include "core/limits.h"
#include "core/manifest.h"
#include "digest.h"
#include "event.h"
#include "floor.h"
#include "generation.h"
#include "input.h"
#include "request.h"
#include "signature.h"
#include "sigtable.h"

struct published {
	struct gth_cuckoo table;
	struct gth_manifest manifest;
	const char *signer;		/* lives as long as the module; NULL: not signed */
};

/* Serialises load and drop; outermost, never taken by a hook. */
static DEFINE_MUTEX(sigtable_lock);
static struct published __rcu *current_table;

static void free_published(struct published *p)
{
	if (!p)
		return;
	vfree(p->table.bucket);
	kfree_sensitive(p);		/* the key */
}

/* The file is read once: the bytes that are parsed are those that were verified. */
static int read_manifest(const struct gth_table_input *in, struct gth_manifest *m,
			 const char **signer)
{
	size_t len;
	u8 *text;
	int ret = gth_input_whole(in->manifest, GTH_MANIFEST_MAX, &text, &len);

	if (ret)
		return ret == -E2BIG ? -EINVAL : ret;
	ret = gth_signature_check(text, len, in->signature, signer);
	if (!ret)
		ret = gth_manifest_parse(m, (const char *)text, len);
	kfree(text);
	return ret;
}

static struct published *new_table(const struct gth_manifest *m)
{
	u64 entries = m->count[GTH_CLASS_TRUSTED] + m->count[GTH_CLASS_SUSPICIOUS] +
		      m->count[GTH_CLASS_MALICIOUS];
	u32 buckets = gth_cuckoo_buckets(entries);
	u64 bytes = (u64)buckets * GTH_BUCKET_BYTES;
	struct gth_bucket *bucket;
	struct published *p;
	u64 key[2];

	/* Asking for more than there is would wake the OOM killer. */
	if (bytes >> PAGE_SHIFT > (u64)si_mem_available())
		return ERR_PTR(-ENOMEM);
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return ERR_PTR(-ENOMEM);
	bucket = vmalloc_huge(bytes, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
	if (!bucket) {
		kfree(p);
		return ERR_PTR(-ENOMEM);
	}
	get_random_bytes(key, sizeof(key));
	gth_cuckoo_init(&p->table, bucket, buckets, key);
	memzero_explicit(key, sizeof(key));
	p->manifest = *m;
	return p;
}

struct filling {
	struct gth_cuckoo *table;
	struct gth_queue queue;
};

static int take_record(void *ctx, const struct gth_record *rec)
{
	struct filling *f = ctx;

	return gth_queue_insert(&f->queue, f->table, rec->domain, rec->digest, rec->class);
}

/* One pass over the body: read, hash, check and insert, chunk by chunk. */
static int fill(struct published *p, struct file *file, u8 *chunk, struct shash_desc *desc)
{
	const struct gth_manifest *m = &p->manifest;
	struct filling filling = { .table = &p->table };
	u8 digest[GTH_DIGEST_SIZE];
	struct gth_body body;
	u64 left = m->body_size;
	loff_t pos = 0;
	ssize_t n;
	int ret;

	gth_body_init(&body);
	/* One byte more than promised is asked for, to see a body that is too long. */
	while ((n = gth_input_read(file, chunk, min_t(u64, left + 1, GTH_READ_CHUNK), &pos)) > 0) {
		if ((u64)n > left)
			return -EFBIG;
		left -= n;
		ret = crypto_shash_update(desc, chunk, (unsigned int)n);
		if (!ret)
			ret = gth_body_feed(&body, chunk, n, take_record, &filling);
		if (ret)
			return ret;
		if (signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	if (n < 0)
		return (int)n;
	if (left)
		return -ENODATA;
	ret = gth_queue_end(&filling.queue, &p->table);
	if (ret)
		return ret;
	ret = crypto_shash_final(desc, digest);
	if (ret)
		return ret;
	if (memcmp(digest, m->body_digest, sizeof(digest)))
		return -EBADMSG;
	return gth_body_end(&body, m);
}

/* -EAGAIN: the entries do not fit under this key; another one will do. */
static int build_once(const struct gth_manifest *m, struct file *body, struct published **out)
{
	struct published *p = new_table(m);
	struct shash_desc *desc;
	u8 *chunk;
	int ret = -ENOMEM;

	if (IS_ERR(p))
		return PTR_ERR(p);
	chunk = kvmalloc(GTH_READ_CHUNK, GFP_KERNEL);
	desc = gth_digest_desc();
	if (chunk && desc)
		ret = fill(p, body, chunk, desc);
	kfree(desc);
	kvfree(chunk);
	if (ret) {
		free_published(p);
		return ret == -EEXIST || ret == -ENOSPC ? -EAGAIN : ret;
	}
	*out = p;
	return 0;
}

static int build(const struct gth_manifest *m, struct file *body, struct published **out)
{
	unsigned int i;
	int ret = -EAGAIN;

	for (i = 0; ret == -EAGAIN && i < GTH_BUILD_TRIES; i++) {
		ret = build_once(m, body, out);
		/* A pipe cannot be read again. */
		if (!(body->f_mode & FMODE_PREAD))
			return ret;
	}
	/* Four keys in a row do not happen with distinct digests. */
	return ret == -EAGAIN ? -EPROTO : ret;
}

static void publish(struct published *new)
{
	struct published *old = rcu_replace_pointer(current_table, new,
						    lockdep_is_held(&sigtable_lock));

	gth_generation_bump();
	gth_request_settle();
	synchronize_rcu();
	free_published(old);
}

/* A load of the table in force, as at a start of the daemon, does not have to wait. */
static bool in_force(const struct gth_manifest *m, const char *signer)
{
	const struct published *p = rcu_dereference_protected(current_table,
							      lockdep_is_held(&sigtable_lock));

	return p && p->signer == signer && p->manifest.version == m->version &&
	       p->manifest.expires == m->expires &&
	       !strncmp(p->manifest.name, m->name, sizeof(m->name)) &&
	       !memcmp(p->manifest.body_digest, m->body_digest, sizeof(m->body_digest));
}

static void take_over(struct published *new, bool rollback)
{
	const struct gth_manifest *m = &new->manifest;

	publish(new);
	gth_floor_note(m, rollback);
	if (!new->signer)
		pr_warn("table %s version %llu is not signed, and require_signed is 0\n", m->name,
			m->version);
	if (m->expires <= (u64)ktime_get_real_seconds())
		pr_warn("table %s version %llu has expired: fetch a newer one\n", m->name,
			m->version);
}

/**
 * gth_sigtable_load() - replace the table
 * @in: its files; the body is read from offset 0, and not read if the very release is
 *      in force, signed by the same key: that is neither loaded nor reported again
 * @rollback: a version below the highest one is taken, and is the highest then
 *
 * Peak memory: the old table, the new one, and two chunks of 64 KiB.
 *
 * Return: 0, or an errno of GTH_IOC_LOAD in the uapi header.
 */
int gth_sigtable_load(const struct gth_table_input *in, bool rollback)
{
	struct gth_manifest m = { .name = "" };
	struct published *new;
	const char *signer;
	bool same;
	int ret;

	if (!mutex_trylock(&sigtable_lock))
		return -EBUSY;
	ret = read_manifest(in, &m, &signer);
	same = !ret && in_force(&m, signer);
	if (!ret && !same)
		ret = gth_floor_check(&m, rollback) ?: build(&m, in->body, &new);
	if (!ret && !same) {
		new->signer = signer;
		take_over(new, rollback);
	}
	mutex_unlock(&sigtable_lock);
	if (!same)
		gth_event_table(m.name, m.version, ret ? "" : signer ? "signed" : "unsigned",
				ret);
	return ret;
}

/* gth_sigtable_drop() - go on without a table: everything is unknown. -ENOENT: none. */
int gth_sigtable_drop(void)
{
	struct gth_sigtable_info info;

	mutex_lock(&sigtable_lock);
	gth_sigtable_info(&info);
	if (info.version)
		publish(NULL);
	mutex_unlock(&sigtable_lock);
	if (!info.version)
		return -ENOENT;
	gth_event_table("dropped", 0, "", 0);
	return 0;
}

/* gth_sigtable_find() - enum gth_class of a digest in the table in force */
u8 gth_sigtable_find(u8 domain, const u8 digest[GTH_DIGEST_SIZE])
{
	u8 class = GTH_CLASS_UNKNOWN;
	struct published *p;

	rcu_read_lock();
	p = rcu_dereference(current_table);
	if (p)
		class = gth_cuckoo_find(&p->table, domain, digest);
	rcu_read_unlock();
	return class;
}

void gth_sigtable_info(struct gth_sigtable_info *info)
{
	struct published *p;

	memset(info, 0, sizeof(*info));
	rcu_read_lock();
	p = rcu_dereference(current_table);
	if (p) {
		memcpy(info->name, p->manifest.name, sizeof(info->name));
		info->version = p->manifest.version;
		info->created = p->manifest.created;
		info->expires = p->manifest.expires;
		info->signer = p->signer;
		info->entries = p->table.entries;
		info->bytes = (u64)p->table.buckets * GTH_BUCKET_BYTES;
		memcpy(info->count, p->table.count, sizeof(info->count));
	}
	rcu_read_unlock();
}

/* No hook and no descriptor is left. */
void gth_sigtable_exit(void)
{
	free_published(rcu_dereference_protected(current_table, true));
}
