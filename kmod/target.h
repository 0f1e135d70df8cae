/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * target.h - the file under judgement: the inode that holds its data, and how its
 * bytes are read.
 *
 * On overlayfs the verdict belongs to the inode that holds the data, so a lower
 * file and its overlay view share one entry. Reading prefers the page cache;
 * where a page is not there, the file is opened once more (a file in file_open
 * is not readable yet). All reading is done with the module's own credentials.
 */
#ifndef GTH_TARGET_H
#define GTH_TARGET_H

#include <linux/fs.h>
#include <linux/types.h>

struct gth_target {
	struct file *file;		/* of the hook, or what overlayfs opened for it; borrowed */
	struct inode *inode;		/* that holds the data; kept by file */
	struct file *reader;		/* opened when it is first needed */
	bool local;			/* its filesystem shows changes of content */
	bool nonblock;			/* the open under judgement does not wait for leases */
	bool mapped;			/* by writers, of whom none is left */
	bool pinned;			/* a page was seen that others may write to unseen */
	u8 op;				/* enum gth_op */
};

bool gth_file_regular(const struct file *file);
struct inode *gth_real_inode(const struct file *file);
int gth_find_data(const struct file *file);
struct file *gth_opened_file(const struct file *file);
void gth_target_init(struct gth_target *s, struct file *file, struct inode *inode, u8 op);
void gth_target_end(struct gth_target *s);
struct file *gth_target_reader(struct gth_target *s);
ssize_t gth_target_read(struct gth_target *s, void *buf, size_t size, loff_t *pos);
ssize_t gth_target_head(struct gth_target *s, u8 *buf, size_t size);
bool gth_target_resident(const struct gth_target *s);
bool gth_target_memory(const struct gth_target *s);
bool gth_target_fuse(const struct gth_target *s);
bool gth_target_versioned(const struct gth_target *s);
bool gth_target_cacheable(const struct gth_target *s);
u64 gth_target_version(const struct gth_target *s);
u16 gth_target_stamp(const struct gth_target *s);

int gth_target_setup(void);
void gth_target_teardown(void);

#endif /* GTH_TARGET_H */
