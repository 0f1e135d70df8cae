/* SPDX-License-Identifier: GPL-2.0-only */
/* kfunc.bpf.h - functions that the module offers to the programs; kmod/kfunc.c documents each. */
#ifndef GTH_KFUNC_BPF_H
#define GTH_KFUNC_BPF_H

#include "kernel.bpf.h"

#include <bpf/bpf_helpers.h>

extern __u64 bpf_gth_begin(__u32 op) __ksym;
extern int bpf_gth_check(struct file *file, struct inode *inode, __u32 op, void *entry,
			 __u32 entry__sz) __ksym;
extern int bpf_gth_recheck(struct file *file, struct inode *inode, __u32 op, void *entry,
			   __u32 entry__sz) __ksym;
extern void bpf_gth_forget(void *entry, __u32 entry__sz) __ksym;
extern void bpf_gth_note(void *entry, __u32 entry__sz, __u32 flags) __ksym;
extern struct inode *bpf_gth_data_inode(struct file *file) __ksym;
extern struct inode *bpf_gth_real_inode(struct file *file) __ksym;
extern struct inode *bpf_gth_opened_inode(struct file *file) __ksym;
extern void bpf_gth_put_inode(struct inode *inode) __ksym;
extern void bpf_gth_memory(void) __ksym;
extern void bpf_gth_event_lost(void) __ksym;

#endif /* GTH_KFUNC_BPF_H */
