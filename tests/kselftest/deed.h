/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deed.h - what may happen to a file whose content stays as it is.
 *
 * A deed finds e->fd open for reading, and gives 0 or -errno; -EOPNOTSUPP: this
 * file system has it not.
 */
#ifndef GTH_TEST_DEED_H
#define GTH_TEST_DEED_H

#include "edit.h"

/* lib/deed-inode.c */
int deed_change_mode(struct edit *e);
int deed_change_owner(struct edit *e);
int deed_time_of_access(struct edit *e);
int deed_time_of_change(struct edit *e);
int deed_attribute(struct edit *e);
int deed_trusted_attribute(struct edit *e);
int deed_flag(struct edit *e);
int deed_keep_size(struct edit *e);
int deed_add_link(struct edit *e);
int deed_remove_link(struct edit *e);
int deed_rename(struct edit *e);
int deed_exchange(struct edit *e);
int deed_mount_elsewhere(struct edit *e);

/* lib/deed-use.c */
int deed_read_first(struct edit *e);
int deed_read_mapping(struct edit *e);
int deed_be_copied(struct edit *e);
int deed_fail_to_write(struct edit *e);
int deed_make_dirty(struct edit *e);
int deed_sync_file(struct edit *e);
int deed_sync_all(struct edit *e);
int deed_forget_pages(struct edit *e);
int deed_forget_all(struct edit *e);
int deed_remount(struct edit *e);
int deed_freeze(struct edit *e);
int deed_dedupe(struct edit *e);
int deed_snapshot(struct edit *e);

#endif /* GTH_TEST_DEED_H */
