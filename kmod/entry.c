// SPDX-License-Identifier: GPL-2.0-only
/* entry.c - the module's side of the entry with an inode (see entry.h). */
#include <linux/hash.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "entry.h"

#define LOCK_BITS 6

/* Writers of one entry exclude each other; leaf locks, chosen by address. */
static spinlock_t entry_locks[1 << LOCK_BITS];

void gth_entry_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(entry_locks); i++)
		spin_lock_init(&entry_locks[i]);
}

static spinlock_t *lock_of(const struct gth_inode_entry *e)
{
	return &entry_locks[hash_ptr(e, LOCK_BITS)];
}

/* gth_entry_read() - a consistent copy */
void gth_entry_read(struct gth_inode_entry *e, struct gth_inode_entry *copy)
{
	spin_lock(lock_of(e));
	*copy = *e;
	spin_unlock(lock_of(e));
}

/**
 * gth_entry_publish() - keep a judgement
 * @e: the entry
 * @new: tag, version and digest to be set; writes as it was when judging began
 *
 * Nothing is kept if the file was opened for writing or resized since.
 */
void gth_entry_publish(struct gth_inode_entry *e, const struct gth_inode_entry *new)
{
	spin_lock(lock_of(e));
	if (e->writes == new->writes) {
		WRITE_ONCE(e->tag, 0);
		/* Partner: the loads of tag, version and tag in bpf/entry.bpf.h. */
		smp_wmb();
		WRITE_ONCE(e->version, new->version);
		memcpy(e->digest, new->digest, sizeof(e->digest));
		/* The same partner: the tag comes after the version and the digest. */
		smp_wmb();
		WRITE_ONCE(e->tag, new->tag);
	}
	spin_unlock(lock_of(e));
}

/* Counts; the number wraps before GTH_WRITES_VERIFIED, which is not a count. */
static void count_write(struct gth_inode_entry *e)
{
	u32 flags = e->writes & GTH_WRITES_FLAGS;

	lockdep_assert_held(lock_of(e));
	/* An open for writing fails on a file with fs-verity. */
	if (e->writes != GTH_WRITES_VERIFIED)
		e->writes = (((e->writes & ~GTH_WRITES_FLAGS) + 1) % GTH_WRITES_VERIFIED) | flags;
}

/* gth_entry_forget() - the content is about to change: the digest no longer counts. */
void gth_entry_forget(struct gth_inode_entry *e)
{
	spin_lock(lock_of(e));
	WRITE_ONCE(e->tag, 0);
	count_write(e);
	spin_unlock(lock_of(e));
}

/*
 * gth_entry_note() - a writer begins an operation that leaves more behind than its writes
 *
 * @flags: of GTH_WRITES_FLAGS
 *
 * A flag that is set is not counted again: the call is so cheap that the count could
 * come round. Nor need it be. A judgement after the writer has closed has the flag in its
 * copy of the entry, so it checks for all that the writer may have left.
 */
void gth_entry_note(struct gth_inode_entry *e, u32 flags)
{
	flags &= GTH_WRITES_FLAGS;
	spin_lock(lock_of(e));
	WRITE_ONCE(e->tag, 0);
	if (e->writes != GTH_WRITES_VERIFIED && (e->writes & flags) != flags) {
		count_write(e);
		e->writes |= flags;
	}
	spin_unlock(lock_of(e));
}

/*
 * gth_entry_settle() - the page cache was dropped: it is the content again, unless
 * a writer was counted since @seen was read
 */
void gth_entry_settle(struct gth_inode_entry *e, struct gth_inode_entry *seen)
{
	spin_lock(lock_of(e));
	if (e->writes == seen->writes) {
		e->writes &= ~GTH_WRITES_DIRECT;
		seen->writes = e->writes;
	}
	spin_unlock(lock_of(e));
}

/*
 * gth_entry_verify() - the inode has fs-verity, and its page cache was dropped since
 *
 * The note is valid for as long as the inode is in memory: verity cannot be removed
 * from a file, and no task can write to it.
 */
void gth_entry_verify(struct gth_inode_entry *e, struct gth_inode_entry *seen)
{
	spin_lock(lock_of(e));
	e->writes = GTH_WRITES_VERIFIED;
	seen->writes = e->writes;
	spin_unlock(lock_of(e));
}

/* gth_entry_heat() - note a hash for an open (see rehash_limit.h) */
void gth_entry_heat(struct gth_inode_entry *e, u32 heat)
{
	spin_lock(lock_of(e));
	e->heat = heat;
	spin_unlock(lock_of(e));
}
