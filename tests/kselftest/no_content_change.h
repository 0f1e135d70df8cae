/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * no_content_change.h - what may happen to a file whose content stays as it is.
 *
 * Each finds e->fd open for reading, and gives 0 or -errno; -EOPNOTSUPP: this
 * file system has it not.
 */
#ifndef GTH_TEST_NO_CONTENT_CHANGE_H
#define GTH_TEST_NO_CONTENT_CHANGE_H

#include "content_change.h"

/* lib/no_content_change-inode.c */
int no_change_set_mode(struct edit *e);
int no_change_set_owner(struct edit *e);
int no_change_time_of_access(struct edit *e);
int no_change_time_of_change(struct edit *e);
int no_change_attribute(struct edit *e);
int no_change_trusted_attribute(struct edit *e);
int no_change_flag(struct edit *e);
int no_change_keep_size(struct edit *e);
int no_change_add_link(struct edit *e);
int no_change_remove_link(struct edit *e);
int no_change_rename(struct edit *e);
int no_change_exchange(struct edit *e);
int no_change_mount_elsewhere(struct edit *e);

/* lib/no_content_change-use.c */
int no_change_read_first(struct edit *e);
int no_change_read_mapping(struct edit *e);
int no_change_be_copied(struct edit *e);
int no_change_fail_to_write(struct edit *e);
int no_change_make_dirty(struct edit *e);
int no_change_sync_file(struct edit *e);
int no_change_sync_all(struct edit *e);
int no_change_forget_pages(struct edit *e);
int no_change_forget_all(struct edit *e);
int no_change_remount(struct edit *e);
int no_change_freeze(struct edit *e);
int no_change_dedupe(struct edit *e);
int no_change_snapshot(struct edit *e);

#endif /* GTH_TEST_NO_CONTENT_CHANGE_H */
