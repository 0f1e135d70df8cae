// SPDX-License-Identifier: GPL-2.0-only
/*
 * kfunc.c - the functions that the BPF programs call.
 *
 * The verifier lets LSM and tracing programs call these, and the programs hold
 * the module: it cannot be unloaded while one is loaded. Entries are values of a BPF
 * inode storage map; the verifier has checked pointer and size. They stay as long
 * as their inode, which the hook's file keeps, and their map (sleeper.c).
 */
#include <linux/module.h>

#include "compat.h"
#include "entry.h"
#include "generation.h"
#include "hold.h"
#include "judge.h"
#include "kfunc.h"
#include "scan.h"
#include "stats.h"

__bpf_kfunc_start_defs();

/**
 * bpf_gth_begin() - a hook was reached
 * @op: enum gth_op, counted
 *
 * Return: the generation. 64 bits wide, for the upper half of a shorter return
 * value is not defined for BPF.
 */
__bpf_kfunc u64 bpf_gth_begin(u32 op)
{
	if (likely(op < GTH_OP_MAX))
		this_cpu_inc(gth_stats.value[op]);
	return gth_generation();
}

/* @sleeper: NULL: sleeping is not allowed */
static int judge(struct file *file, struct inode *inode, u32 op, struct gth_inode_entry *entry,
		 struct gth_sleeper *sleeper)
{
	struct gth_judgement j = { .may_sleep = sleeper, .sleeper = sleeper };
	struct inode *real;
	struct file *opened;
	struct gth_target s;

	/* Hooks run in tasks only; the locks below are not for interrupts. */
	if (!in_task() || op >= GTH_OP_MAX)
		return 0;
	/* The module's own reading on behalf of this task. */
	if (gth_scan_current())
		return 0;
	if (!gth_file_regular(file))
		return 0;
	opened = gth_opened_file(file);
	real = gth_real_inode(file);
	if (opened && file_inode(opened) == inode) {
		/* The content of a mapping, also after overlayfs has copied the file up. */
		file = opened;
	} else if (real != inode) {
		/*
		 * Copied up since the program looked: keep nothing with the wrong
		 * inode. Data that overlayfs cannot name is read through it.
		 */
		inode = real ? real : file_inode(file);
		entry = NULL;
	}
	gth_stat_inc(GTH_STAT_slow);
	gth_target_init(&s, file, inode, (u8)op);
	gth_judge(&s, entry, &j);
	gth_judge_report(&s, &j);
	if (j.decision.action == GTH_ACTION_HOLD) {
		gth_hold(&s, entry, &j);
		gth_judge_report(&s, &j);
	}
	/* A restart is asked for in every mode, because the file can be judged in a moment. */
	if (j.decision.action == GTH_ACTION_ALLOW && j.passed_on != -ERESTARTNOINTR)
		return 0;
	return j.passed_on ? j.passed_on : -EPERM;
}

/**
 * bpf_gth_check() - judge a file; may hash it
 * @file: of the hook
 * @inode: its real inode
 * @op: enum gth_op
 * @entry: of @inode
 * @entry__sz: at least sizeof(struct gth_inode_entry); less: nothing is kept
 *
 * Return: 0, -EPERM, or the error with which the open would end by itself: -EAGAIN (a
 * lease, and O_NONBLOCK), -ENOKEY (encrypted), -ERESTARTSYS (a signal); or
 * -ERESTARTNOINTR: the hook's programs are being changed, come again.
 */
__bpf_kfunc int bpf_gth_check(struct file *file, struct inode *inode, u32 op, void *entry,
			      u32 entry__sz)
{
	struct gth_sleeper sleeper = {
		.caller = _RET_IP_,
		.in_exec = op == GTH_OP_MMAP && current->in_execve,
	};
	int ret;

	if (entry__sz < sizeof(struct gth_inode_entry))
		entry = NULL;
	ret = judge(file, inode, op, entry, &sleeper);
	gth_sleeper_return(&sleeper);
	return ret;
}

/* bpf_gth_recheck() - as bpf_gth_check(), where sleeping is not allowed */
__bpf_kfunc int bpf_gth_recheck(struct file *file, struct inode *inode, u32 op, void *entry,
				u32 entry__sz)
{
	if (entry__sz < sizeof(struct gth_inode_entry))
		entry = NULL;
	return judge(file, inode, op, entry, NULL);
}

/* bpf_gth_forget() - the inode of this entry was opened for writing, or is being resized */
__bpf_kfunc void bpf_gth_forget(void *entry, u32 entry__sz)
{
	if (!in_task() || entry__sz < sizeof(struct gth_inode_entry))
		return;
	gth_stat_inc(GTH_STAT_forgotten);
	gth_entry_forget(entry);
}

/* bpf_gth_note() - a writer of the inode of this entry writes directly, or maps; @flags say */
__bpf_kfunc void bpf_gth_note(void *entry, u32 entry__sz, u32 flags)
{
	if (!in_task() || entry__sz < sizeof(struct gth_inode_entry))
		return;
	gth_entry_note(entry, flags);
}

/* bpf_gth_real_inode() - the inode that holds a regular file's data, referenced; NULL: none */
__bpf_kfunc struct inode *bpf_gth_real_inode(struct file *file)
{
	struct inode *inode = gth_real_inode(file);

	if (inode)
		ihold(inode);
	return inode;
}

/*
 * bpf_gth_data_inode() - as bpf_gth_real_inode(), for programs that do not sleep: not
 * referenced, the file of the hook keeps it
 */
__bpf_kfunc struct inode *bpf_gth_data_inode(struct file *file)
{
	return gth_real_inode(file);
}

/*
 * bpf_gth_opened_inode() - the inode that overlayfs opened for this file, if it
 * is another than bpf_gth_real_inode(), referenced; NULL: it is the same
 */
__bpf_kfunc struct inode *bpf_gth_opened_inode(struct file *file)
{
	struct file *opened = gth_opened_file(file);

	if (!opened || file_inode(opened) == gth_real_inode(file))
		return NULL;
	ihold(file_inode(opened));
	return file_inode(opened);
}

__bpf_kfunc void bpf_gth_put_inode(struct inode *inode)
{
	iput(inode);
}

/* bpf_gth_memory() - memory that is not a file's content became code */
__bpf_kfunc void bpf_gth_memory(void)
{
	gth_stat_inc(GTH_STAT_skipped_memory);
}

/* bpf_gth_event_lost() - the ring buffer had no room for an event */
__bpf_kfunc void bpf_gth_event_lost(void)
{
	gth_stat_inc(GTH_STAT_events_lost);
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(gth_kfunc_ids)
BTF_ID_FLAGS(func, bpf_gth_begin)
BTF_ID_FLAGS(func, bpf_gth_check, KF_SLEEPABLE)
BTF_ID_FLAGS(func, bpf_gth_recheck)
BTF_ID_FLAGS(func, bpf_gth_forget)
BTF_ID_FLAGS(func, bpf_gth_note)
BTF_ID_FLAGS(func, bpf_gth_real_inode, KF_ACQUIRE | KF_RET_NULL | KF_SLEEPABLE)
BTF_ID_FLAGS(func, bpf_gth_data_inode, KF_RET_NULL)
BTF_ID_FLAGS(func, bpf_gth_opened_inode, KF_ACQUIRE | KF_RET_NULL | KF_SLEEPABLE)
BTF_ID_FLAGS(func, bpf_gth_put_inode, KF_RELEASE | KF_SLEEPABLE)
BTF_ID_FLAGS(func, bpf_gth_memory)
BTF_ID_FLAGS(func, bpf_gth_event_lost)
BTF_KFUNCS_END(gth_kfunc_ids)

static const struct btf_kfunc_id_set gth_kfunc_set = {
	.owner = THIS_MODULE,
	.set = &gth_kfunc_ids,
};

/*
 * LSM and tracing programs share one set in these kernels, and a module may
 * register one set for each kind only. It goes with the module's BTF.
 */
int gth_kfunc_init(void)
{
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_LSM, &gth_kfunc_set);
}
