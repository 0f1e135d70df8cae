/* SPDX-License-Identifier: GPL-2.0-only */
/* kfunc.h - the functions that the BPF programs call. */
#ifndef GTH_KFUNC_H
#define GTH_KFUNC_H

#include <linux/fs.h>
#include <linux/types.h>

int gth_kfunc_init(void);

u64 bpf_gth_begin(u32 op);
int bpf_gth_check(struct file *file, struct inode *inode, u32 op, void *entry, u32 entry__sz);
int bpf_gth_recheck(struct file *file, struct inode *inode, u32 op, void *entry, u32 entry__sz);
void bpf_gth_forget(void *entry, u32 entry__sz);
void bpf_gth_note(void *entry, u32 entry__sz, u32 flags);
struct inode *bpf_gth_real_inode(struct file *file);
struct inode *bpf_gth_data_inode(struct file *file);
struct inode *bpf_gth_opened_inode(struct file *file);
void bpf_gth_put_inode(struct inode *inode);
void bpf_gth_memory(void);
void bpf_gth_event_lost(void);

#endif /* GTH_KFUNC_H */
