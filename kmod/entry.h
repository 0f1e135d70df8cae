/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * entry.h - the module's side of the entry with an inode (struct
 * gth_inode_entry in the uapi header says how BPF reads it).
 *
 * The memory belongs to BPF inode storage and lives as long as the hook that
 * passed it in. Everything here is short and does not sleep.
 */
#ifndef GTH_ENTRY_H
#define GTH_ENTRY_H

#include <linux/gotthard.h>
#include <linux/types.h>

void gth_entry_init(void);
void gth_entry_read(struct gth_inode_entry *e, struct gth_inode_entry *copy);
void gth_entry_publish(struct gth_inode_entry *e, const struct gth_inode_entry *new);
void gth_entry_forget(struct gth_inode_entry *e);
void gth_entry_note(struct gth_inode_entry *e, u32 flags);
void gth_entry_settle(struct gth_inode_entry *e, struct gth_inode_entry *seen);
void gth_entry_verify(struct gth_inode_entry *e, struct gth_inode_entry *seen);
void gth_entry_heat(struct gth_inode_entry *e, u32 heat);

#endif /* GTH_ENTRY_H */
