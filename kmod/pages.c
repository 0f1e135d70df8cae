// SPDX-License-Identifier: GPL-2.0-only
/* pages.c - pages of the page cache that another task or a device holds (see pages.h). */
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/pagevec.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "core/limits.h"
#include "pages.h"

/*
 * Is a page pinned, so that it may be written to without a change of the version?
 *
 * A small page has no count of pins of its own: a pin adds 1,024 references. So
 * does being mapped 1,024 times, as a C library is on a busy machine; the mappings
 * are therefore taken off. Both counts are read without a task switch in between, in
 * which time no task can map or unmap a page a thousand times.
 */
static bool is_pinned(struct folio *folio)
{
	int refs, maps;

	if (folio_test_large(folio))
		return folio_maybe_dma_pinned(folio);
	preempt_disable();
	maps = atomic_read(&folio->_mapcount) + 1;
	refs = folio_ref_count(folio);
	preempt_enable();
	return refs - maps >= GUP_PIN_COUNTING_BIAS;
}

/*
 * Does the page have another reference than the page cache's and the caller's?
 *
 * Mappings have one each, which come and go. So the page is unmapped, and no task maps
 * it while it is locked: the rest of the count is exact. Readers that had it mapped get
 * it back by a fault.
 */
static bool is_referenced(struct folio *folio, struct address_space *mapping)
{
	long known = 1 /* the caller's */ + folio_nr_pages(folio);
	bool ret;

	folio_lock(folio);
	if (folio_mapped(folio))
		unmap_mapping_pages(mapping, folio->index, folio_nr_pages(folio), false);
	if (folio_test_private(folio))
		known++;
	/* Truncated meanwhile: it has none of the page cache. */
	ret = folio_mapped(folio) || folio_ref_count(folio) != known;
	folio_unlock(folio);
	return ret;
}

/* Releases the references of this processor's lists of new and reused pages. */
static void empty_lru_lists(struct folio *folio)
{
	struct folio_batch batch;

	/* Releasing a batch empties those lists first. */
	folio_batch_init(&batch);
	folio_get(folio);
	folio_batch_add(&batch, folio);
	folio_batch_release(&batch);
}

/*
 * Is the page held, perhaps to write to it?
 *
 * A direct read pins its pages on newer kernels, and from most filesystems; else it has
 * a reference that looks like any other. The page cache and the caller are known not to
 * write by theirs. Other harmless references (of a reader, a pipe, a list of another
 * processor) pass, and the next judgement is kept.
 */
static bool is_held(struct folio *folio, struct address_space *mapping)
{
	if (!is_referenced(folio, mapping))
		return false;
	empty_lru_lists(folio);
	return is_referenced(folio, mapping);
}

/*
 * gth_pages_look() - note a page that others may write to unseen
 *
 * One check is enough: only a task with a writable mapping can get a reference to write
 * by, and such a mapping counts as a writer. Sleeps.
 */
void gth_pages_look(struct gth_target *s, struct page *page)
{
	struct folio *folio = page_folio(page);

	might_sleep();
	if (!s->pinned && (is_pinned(folio) ||
			   (s->mapped && is_held(folio, s->inode->i_mapping))))
		s->pinned = true;
}

static int drop_once(struct address_space *mapping)
{
	int ret = filemap_write_and_wait_range(mapping, 0, LLONG_MAX);

	return ret ? ret : invalidate_inode_pages2(mapping);
}

/**
 * gth_pages_drop() - make the page cache the content again
 * @s: the target, to which no task can write
 *
 * After direct writes it may be older than the disk. Sleeps; ends early when the task is
 * killed. A filesystem may keep a page for a moment after it was read or written (btrfs
 * until a worker has ended the write), so the pages are tried again for some time.
 *
 * Return: 0, -EBUSY (a page is still in use by the filesystem, or is written to), -EINTR,
 * or what writing back gives.
 */
int gth_pages_drop(const struct gth_target *s)
{
	struct address_space *mapping = s->inode->i_mapping;
	unsigned int ms;
	int ret;

	might_sleep();
	/* On tmpfs the pages are the medium. */
	if (s->inode->i_sb->s_magic == TMPFS_MAGIC)
		return 0;
	ret = drop_once(mapping);
	for (ms = 1; ret == -EBUSY && ms <= GTH_DROP_MAX_MS; ms *= 2) {
		if (schedule_timeout_killable(msecs_to_jiffies(ms)))
			return -EINTR;
		ret = drop_once(mapping);
	}
	return ret;
}
