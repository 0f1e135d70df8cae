// SPDX-License-Identifier: GPL-2.0-only
/* digest.c - the SHA-256 of a file's content, from inside a hook. */
#include <linux/error-injection.h>
#include <linux/file.h>
#include <linux/freezer.h>
#include <linux/highmem.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <crypto/hash.h>

#include "compat.h"
#include "core/limits.h"
#include "digest.h"
#include "pages.h"
#include "stats.h"
#include "trace.h"

static struct crypto_shash *tfm;

/*
 * The crypto API picks the fastest driver that is registered; the softdep on
 * sha256 makes modprobe load the accelerated ones first.
 */
int gth_digest_init(void)
{
	tfm = crypto_alloc_shash("sha256", 0, 0);
	return PTR_ERR_OR_ZERO(tfm);
}

void gth_digest_exit(void)
{
	crypto_free_shash(tfm);
}

/* gth_digest_driver() - the name of the implementation in use, as in /proc/crypto */
const char *gth_digest_driver(void)
{
	return crypto_shash_driver_name(tfm);
}

/* gth_digest_desc() - a SHA-256 in progress, initialised; kfree() it. NULL: no memory. */
struct shash_desc *gth_digest_desc(void)
{
	struct shash_desc *desc = kmalloc(sizeof(*desc) + crypto_shash_descsize(tfm), GFP_KERNEL);

	if (!desc)
		return NULL;
	desc->tfm = tfm;
	if (crypto_shash_init(desc)) {
		kfree(desc);
		return NULL;
	}
	return desc;
}

struct hashing {
	struct gth_target *s;
	struct shash_desc *desc;
	u8 *chunk;			/* allocated when a page is missing */
	loff_t pos, size;
};

/*
 * Must hashing end now? A machine that is to be suspended does not wait for the end of
 * a file: the call is restarted after it has woken up.
 */
static int interrupted(void)
{
	if (fatal_signal_pending(current))
		return -EINTR;
	return freezing(current) && !current->in_execve ? -ERESTARTSYS : 0;
}

/*
 * As cond_resched_tasks_rcu_qs(), but nothing is reported to RCU Tasks Trace, of
 * which this task may be a reader, inside a BPF program. With preempt=full it could
 * be preempted between that macro's look at trc_reader_special.b.blocked and the
 * list_add() after it, and so be added to the list of blocked readers twice.
 */
static void let_others_run(void)
{
	rcu_tasks_classic_qs(current, false);
	cond_resched();
}

/*
 * Hashes the pages in the page cache from h->pos on; stops at the first gap. A
 * task that never sleeps on the way must not hold up those that wait for all
 * tasks to have slept once (ftrace, kprobes).
 */
static int hash_resident(struct hashing *h)
{
	struct address_space *mapping = h->s->inode->i_mapping;
	int ret = 0;

	while (!ret && h->pos < h->size) {
		struct page *page = find_get_page(mapping, h->pos >> PAGE_SHIFT);
		size_t n = min_t(loff_t, PAGE_SIZE - offset_in_page(h->pos), h->size - h->pos);
		void *addr;

		if (!page)
			break;
		if (!PageUptodate(page) || PageHWPoison(page)) {
			put_page(page);
			break;
		}
		gth_pages_look(h->s, page);
		addr = kmap_local_page(page);
		ret = crypto_shash_update(h->desc, addr + offset_in_page(h->pos), n);
		kunmap_local(addr);
		put_page(page);
		h->pos += n;
		let_others_run();
		if (!ret)
			ret = interrupted();
	}
	return ret;
}

/* Reads one chunk at h->pos through the filesystem and hashes it. */
static int hash_chunk(struct hashing *h)
{
	size_t n = min_t(loff_t, GTH_READ_CHUNK, h->size - h->pos);
	loff_t at;
	ssize_t got;
	int ret;

	if (!h->chunk) {
		h->chunk = kvmalloc(GTH_READ_CHUNK, GFP_KERNEL_ACCOUNT);
		if (!h->chunk)
			return -ENOMEM;
	}
	for (at = h->pos; at < h->pos + (loff_t)n; at += PAGE_SIZE) {
		struct page *page = find_get_page(h->s->inode->i_mapping, at >> PAGE_SHIFT);

		if (page) {
			gth_pages_look(h->s, page);
			put_page(page);
		}
	}
	got = gth_target_read(h->s, h->chunk, n, &h->pos);
	if (got < 0)
		return (int)got;
	if (!got)
		h->size = h->pos;	/* it shrank; the bytes that were read are judged */
	ret = interrupted();
	if (ret)
		return ret;
	return crypto_shash_update(h->desc, h->chunk, (unsigned int)got);
}

static int hash_all(struct hashing *h)
{
	bool resident = gth_target_resident(h->s);
	int ret = 0;

	while (!ret && h->pos < h->size) {
		if (resident)
			ret = hash_resident(h);
		if (!ret && h->pos < h->size)
			ret = hash_chunk(h);
		let_others_run();
	}
	return ret;
}

/**
 * gth_digest_file() - SHA-256 of the content as it is now
 * @s: the target; a gth_scan is in progress for it
 * @size: of the content in bytes, as it was when it was found small enough
 * @digest: set on success
 *
 * Sleeps; ends early when the task is killed. The caller has to check whether the
 * content changed meanwhile.
 *
 * Return: 0, -EINTR, -ERESTARTSYS (the machine is to be suspended), -ENOMEM,
 * -ESTALE (copied up meanwhile), or what opening or reading gives.
 */
int gth_digest_file(struct gth_target *s, u64 size, u8 digest[32])
{
	struct hashing h = { .s = s, .size = (loff_t)size };
	u64 start = ktime_get_ns(), ns;
	int ret = -ENOMEM;

	might_sleep();
	h.desc = gth_digest_desc();
	if (h.desc) {
		ret = hash_all(&h);
		if (!ret)
			ret = crypto_shash_final(h.desc, digest);
		kfree_sensitive(h.desc);
	}
	kvfree(h.chunk);

	ns = ktime_get_ns() - start;
	gth_stat_inc(GTH_STAT_hashes);
	gth_stat_add(GTH_STAT_hash_bytes, (u64)h.pos);
	gth_stat_add(GTH_STAT_hash_ns, ns);
	if (ret)
		gth_stat_inc(GTH_STAT_hash_errors);
	trace_gotthard_hash(new_encode_dev(s->inode->i_sb->s_dev), s->inode->i_ino, (u64)h.pos,
			    ns, ret);
	return ret;
}
ALLOW_ERROR_INJECTION(gth_digest_file, ERRNO);

/**
 * gth_digest_fsverity() - the fs-verity digest, if the file has one
 * @s: the target; a gth_scan is in progress for it
 * @digest: set when 1 is returned
 *
 * Return: 1; 0 if there is none or this kernel does not tell; or what opening
 * gives.
 */
int gth_digest_fsverity(struct gth_target *s, u8 digest[32])
{
	struct file *f;

	if (!GTH_HAVE_FSVERITY || !IS_VERITY(s->inode))
		return 0;
	if (gth_fsverity_digest(s->inode, digest))
		return 1;
	/* The filesystem reads the digest when the file is first opened. */
	f = gth_target_reader(s);
	if (IS_ERR(f))
		return PTR_ERR(f);
	return gth_fsverity_digest(s->inode, digest);
}
