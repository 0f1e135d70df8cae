// SPDX-License-Identifier: GPL-2.0-only
/*
 * gotthard.bpf.c - the hook table.
 *
 * file_open            opens for reading and for exec (also of ELF interpreters);
 *                      an open for writing invalidates the entry
 * inode_setattr        a new size invalidates the entry
 * file_fcntl           a writer that turns to direct I/O invalidates the entry
 * bprm_check_security  exec; the kernel has denied writers by then
 * mmap_file            mapping as code; a shared one by a writer is noted in the entry
 * file_mprotect        a mapping becomes code; must not sleep
 * kernel_read_file     modules, firmware, kexec images
 * gotthard_event       the module's events, into the ring buffer
 */
#include "check.bpf.h"
#include "event.bpf.h"

#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

/*
 * Linux 6.9 put an idmap before the two arguments (314a8dc72827 "security: align
 * inode_setattr hook definition with EVM"). The loader sets it, and the verifier
 * then looks at one branch only.
 */
const volatile bool setattr_has_idmap;

SEC("lsm.s/file_open")
int BPF_PROG(gth_file_open, struct file *file)
{
	struct inode *inode = file->f_inode;
	__u32 op = GTH_OP_OPEN;

	/* The overlay's own open is followed by one of the real file. */
	if (!is_regular(inode) || is_overlay(inode))
		return 0;
	if (file->f_mode & FMODE_WRITE) {
		forget(inode);
		if (file->f_flags & O_DIRECT && note(inode, GTH_WRITES_DIRECT))
			return LITERAL(-ENOMEM);
	}
	if (file->f_flags & FMODE_EXEC_FLAG)
		op = GTH_OP_EXEC;
	/* Nothing can be read, or nothing is there or will be left to read. */
	else if (!(file->f_mode & FMODE_READ) || is_created(file, inode) ||
		 (file->f_flags & O_TRUNC && truncates(inode)))
		return 0;
	return check_inode(file, inode, op, bpf_gth_begin(op));
}

SEC("lsm/file_fcntl")
int BPF_PROG(gth_file_fcntl, struct file *file, unsigned int cmd, unsigned long arg)
{
	struct inode *inode;

	if (cmd != F_SETFL || !(arg & O_DIRECT) || !(file->f_mode & FMODE_WRITE) ||
	    !is_regular(file->f_inode))
		return 0;
	inode = bpf_gth_data_inode(file);
	if (inode && note(inode, GTH_WRITES_DIRECT))
		return LITERAL(-ENOMEM);
	return 0;
}

SEC("lsm/inode_setattr")
int gth_inode_setattr(unsigned long long *ctx)
{
	struct dentry *dentry;
	struct iattr *attr;

	if (setattr_has_idmap) {
		dentry = (void *)ctx[1];
		attr = (void *)ctx[2];
		/* Keeps clang from one load at a computed offset, which the verifier refuses. */
		barrier();
	} else {
		dentry = (void *)ctx[0];
		attr = (void *)ctx[1];
	}
	forget_resized(dentry, attr);
	return 0;
}

SEC("lsm.s/bprm_check_security")
int BPF_PROG(gth_bprm_check_security, struct linux_binprm *bprm)
{
	return check_mapped(bprm->file, GTH_OP_EXEC);
}

SEC("lsm.s/mmap_file")
int BPF_PROG(gth_mmap_file, struct file *file, unsigned long reqprot, unsigned long prot,
	     unsigned long flags)
{
	if (flags & MAP_SHARED && file && note_mapping(file))
		return LITERAL(-ENOMEM);
	if (!(prot & PROT_EXEC) || !file)
		return 0;
	return check_mapped(file, GTH_OP_MMAP);
}

SEC("lsm/file_mprotect")
int BPF_PROG(gth_file_mprotect, struct vm_area_struct *vma, unsigned long reqprot,
	     unsigned long prot)
{
	struct gth_inode_entry none = {};
	struct gth_inode_entry *e;
	struct inode *inode;
	struct file *file;
	__u64 generation;

	if (!(prot & PROT_EXEC) || vma->vm_flags & VM_EXEC)
		return 0;
	file = vma->vm_file;
	if (!file)
		return 0;
	/* overlayfs maps the real file, so this is where the data is. */
	inode = file->f_inode;
	if (!inode)
		return 0;
	if (is_memory(inode)) {
		bpf_gth_memory();
		return 0;
	}
	generation = bpf_gth_begin(GTH_OP_MPROTECT);
	e = bpf_inode_storage_get(&inodes, inode, 0, 0);
	if (!e && is_pseudo(inode))
		return 0;
	if (!e)
		return answer(bpf_gth_recheck(file, inode, GTH_OP_MPROTECT, &none, sizeof(none)));
	if (entry_allows(e, inode, GTH_OP_MPROTECT, generation))
		return 0;
	return answer(bpf_gth_recheck(file, inode, GTH_OP_MPROTECT, e, sizeof(*e)));
}

SEC("lsm.s/kernel_read_file")
int BPF_PROG(gth_kernel_read_file, struct file *file, enum kernel_read_file_id id)
{
	if (!file || is_no_code(id))
		return 0;
	return check_mapped(file, GTH_OP_KERNEL);
}

SEC("tp_btf/gotthard_event")
int BPF_PROG(gth_event, const struct gth_event *event)
{
	event_out(event);
	return 0;
}
