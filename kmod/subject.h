/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * subject.h - the file under judgement: which inode it really is, and how its
 * bytes are read.
 *
 * On overlayfs the verdict belongs to the inode that holds the data, so a lower
 * file and its overlay view share one entry. Reading prefers the page cache;
 * where a page is not there, the file is opened once more (a file in file_open
 * is not readable yet). All reading is done with the module's own credentials.
 */
#ifndef GTH_SUBJECT_H
#define GTH_SUBJECT_H

#include <linux/fs.h>
#include <linux/types.h>

struct gth_subject {
	struct file *file;		/* of the hook, or what overlayfs opened for it; borrowed */
	struct inode *inode;		/* that holds the data; kept by file */
	struct file *reader;		/* opened when it is first needed */
	bool local;			/* its filesystem tells of changed content */
	bool nonblock;			/* the open under judgement does not wait for leases */
	bool pinned;			/* a page was seen that others may write to unseen */
	u8 op;				/* enum gth_op */
};

bool gth_file_regular(const struct file *file);
struct inode *gth_real_inode(const struct file *file);
int gth_find_data(const struct file *file);
struct file *gth_opened_file(const struct file *file);
void gth_subject_init(struct gth_subject *s, struct file *file, struct inode *inode, u8 op);
void gth_subject_end(struct gth_subject *s);
struct file *gth_subject_reader(struct gth_subject *s);
ssize_t gth_subject_read(struct gth_subject *s, void *buf, size_t size, loff_t *pos);
ssize_t gth_subject_head(struct gth_subject *s, u8 *buf, size_t size);
bool gth_subject_resident(const struct gth_subject *s);
void gth_subject_look_for_pins(struct gth_subject *s, struct page *page);
int gth_subject_drop_pages(const struct gth_subject *s);
bool gth_subject_memory(const struct gth_subject *s);
bool gth_subject_fuse(const struct gth_subject *s);
bool gth_subject_versioned(const struct gth_subject *s);
bool gth_subject_cacheable(const struct gth_subject *s);
u64 gth_subject_version(const struct gth_subject *s);
u16 gth_subject_trace(const struct gth_subject *s);

int gth_subject_setup(void);
void gth_subject_teardown(void);

#endif /* GTH_SUBJECT_H */
