// SPDX-License-Identifier: GPL-2.0-only
/*
 * device.c - /dev/gotthard (the uapi header documents records and errors).
 *
 * Every call asks for CAP_SYS_ADMIN again: a descriptor may have been passed
 * to a task that lacks it.
 */
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gotthard.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "device.h"
#include "exempt.h"
#include "floor.h"
#include "generation.h"
#include "judge.h"
#include "links.h"
#include "live_policy.h"
#include "request.h"
#include "sigtable.h"
#include "verdict.h"

/* One open descriptor; private_data of its file. */
struct handle {
	struct gth_exempt exempt;
	bool region;			/* once set, never cleared: writes for the region only */
};

static int device_open(struct inode *inode, struct file *file)
{
	struct handle *x;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	x = kzalloc(sizeof(*x), GFP_KERNEL);
	if (!x)
		return -ENOMEM;
	gth_exempt_init(&x->exempt);
	file->private_data = x;
	return nonseekable_open(inode, file);
}

static int device_release(struct inode *inode, struct file *file)
{
	struct handle *x = file->private_data;

	gth_request_desert(file);
	gth_exempt_remove(&x->exempt);
	kfree(x);
	return 0;
}

static ssize_t device_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	return gth_request_read(file, buf, len);
}

/* May this descriptor write these? gth_verdict_write() refuses values that are not a source. */
static bool may_write(const struct handle *x, const struct gth_verdict *records, size_t n)
{
	size_t i;

	for (i = 0; READ_ONCE(x->region) && i < n; i++)
		if (records[i].source == GTH_SOURCE_ROOT)
			return false;
	return true;
}

static ssize_t device_write(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	struct gth_verdict *records;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!len || len % sizeof(*records))
		return -EINVAL;
	if (len > GTH_VERDICTS_PER_WRITE * sizeof(*records))
		return -E2BIG;
	records = vmemdup_user(buf, len);
	if (IS_ERR(records))
		return PTR_ERR(records);
	ret = -EPERM;
	if (may_write(file->private_data, records, len / sizeof(*records)))
		ret = gth_verdict_write(records, len / sizeof(*records));
	if (!ret)
		gth_request_answer(records, len / sizeof(*records));
	kvfree(records);
	return ret ? ret : (ssize_t)len;
}

static long ioctl_info(void __user *arg)
{
	struct gth_info info = { .abi_version = GTH_ABI_VERSION };
	struct gth_sigtable_info table;
	struct gth_policy p;

	gth_live_policy_read(&p);
	gth_sigtable_info(&table);
	info.mode = (u32)p.value[GTH_KNOB_MODE];
	info.generation = gth_generation();
	info.table_version = table.version;
	info.entries = table.entries;
	info.bytes = table.bytes;
	info.created = table.created;
	info.expires = table.expires;
	info.verdicts = gth_verdict_count();
	memcpy(info.name, table.name, sizeof(info.name));
	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static struct file *get_readable(int fd)
{
	struct file *f = fget(fd);

	if (f && !(f->f_mode & FMODE_READ)) {
		fput(f);
		f = NULL;
	}
	return f;
}

static void put(struct file *f)
{
	if (f)
		fput(f);
}

static long ioctl_load(const void __user *arg)
{
	struct gth_table_input in = { .manifest = NULL };
	struct gth_load load;
	long ret = -EBADF;

	if (copy_from_user(&load, arg, sizeof(load)))
		return -EFAULT;
	if (load.size != sizeof(load) || load.flags & ~GTH_LOAD_ROLLBACK || load.reserved ||
	    load.signature_fd < -1)
		return -EINVAL;
	in.manifest = get_readable(load.manifest_fd);
	in.body = get_readable(load.body_fd);
	if (load.signature_fd >= 0)
		in.signature = get_readable(load.signature_fd);
	if (in.manifest && in.body && (in.signature || load.signature_fd < 0))
		ret = gth_sigtable_load(&in, load.flags & GTH_LOAD_ROLLBACK);
	put(in.manifest);
	put(in.body);
	put(in.signature);
	return ret;
}

static long ioctl_explain(void __user *arg)
{
	struct gth_judgement j = { .may_sleep = true, .impersonal = true };
	struct gth_sigtable_info table;
	struct gth_target s;
	struct gth_explain x;
	struct inode *inode;
	struct file *file;
	int ret;

	if (copy_from_user(&x, arg, sizeof(x)))
		return -EFAULT;
	if (x.size != sizeof(x) || x.op >= GTH_OP_MAX)
		return -EINVAL;
	file = fget_raw(x.fd);
	if (!file)
		return -EBADF;
	ret = gth_file_regular(file) ? gth_find_data(file) : -EISDIR;
	if (ret) {
		fput(file);
		return ret;
	}
	inode = gth_real_inode(file);
	if (!inode) {
		fput(file);
		return -EISDIR;
	}
	gth_target_init(&s, file, inode, (u8)x.op);
	s.nonblock = true;
	gth_judge(&s, NULL, &j);
	gth_sigtable_info(&table);

	x.action = j.decision.action;
	x.would = j.decision.would;
	x.reason = j.decision.reason;
	x.class = j.facts.class;
	x.source = j.source;
	x.domain = j.domain;
	x.mode = (u8)j.policy.value[GTH_KNOB_MODE];
	x.cacheable = j.cacheable && !j.facts.failed && !s.pinned;
	x.error = j.error;
	x.i_version = j.version;
	x.file_size = j.facts.size;
	x.generation = j.generation;
	x.table_version = table.version;
	memcpy(x.digest, j.digest, sizeof(x.digest));
	memcpy(x.name, table.name, sizeof(x.name));
	fput(file);
	return copy_to_user(arg, &x, sizeof(x)) ? -EFAULT : 0;
}

static long ioctl_hooks(const void __user *arg)
{
	struct gth_hooks hooks;

	if (copy_from_user(&hooks, arg, sizeof(hooks)))
		return -EFAULT;
	if (hooks.size != sizeof(hooks) || hooks.n > GTH_LINKS_MAX)
		return -EINVAL;
	return gth_links_keep(hooks.fd, hooks.n);
}

static long ioctl_verdicts(void __user *arg)
{
	struct gth_verdict_list list;
	struct gth_verdict *records;
	long ret = 0;
	int n;

	if (copy_from_user(&list, arg, sizeof(list)))
		return -EFAULT;
	if (list.size != sizeof(list) || !list.n)
		return -EINVAL;
	list.n = min_t(u32, list.n, GTH_VERDICTS_PER_READ);
	records = kvcalloc(list.n, sizeof(*records), GFP_KERNEL);
	if (!records)
		return -ENOMEM;
	n = gth_verdict_list(&list.cursor, records, list.n);
	if (n < 0) {
		ret = n;
	} else {
		list.n = (u32)n;
		if (copy_to_user(u64_to_user_ptr(list.records), records, n * sizeof(*records)) ||
		    copy_to_user(arg, &list, sizeof(list)))
			ret = -EFAULT;
	}
	kvfree(records);
	return ret;
}

static struct gth_floors *get_floors(const void __user *arg)
{
	struct gth_floors *list = memdup_user(arg, sizeof(*list));

	if (!IS_ERR(list) && (list->size != sizeof(*list) || list->n > GTH_FLOORS_MAX)) {
		kfree(list);
		return ERR_PTR(-EINVAL);
	}
	return list;
}

static long ioctl_floors(void __user *arg)
{
	struct gth_floors *list = get_floors(arg);
	long ret;

	if (IS_ERR(list))
		return PTR_ERR(list);
	gth_floor_list(list);
	ret = copy_to_user(arg, list, sizeof(*list)) ? -EFAULT : 0;
	kfree(list);
	return ret;
}

static long ioctl_raise(const void __user *arg)
{
	struct gth_floors *list = get_floors(arg);
	long ret = 0;
	u32 i;

	if (IS_ERR(list))
		return PTR_ERR(list);
	for (i = 0; !ret && i < list->n; i++)
		ret = gth_floor_raise(&list->floor[i]);
	kfree(list);
	return ret;
}

/* Calls that a descriptor of GTH_IOC_REGION may not make: they could undo root's settings. */
static bool is_for_root(unsigned int cmd)
{
	return cmd == GTH_IOC_LOAD || cmd == GTH_IOC_DROP || cmd == GTH_IOC_EXEMPT ||
	       cmd == GTH_IOC_HOOKS || cmd == GTH_IOC_RAISE;
}

static long device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct handle *x = file->private_data;
	void __user *p = (void __user *)arg;

	if (!capable(CAP_SYS_ADMIN) || (READ_ONCE(x->region) && is_for_root(cmd)))
		return -EPERM;
	switch (cmd) {
	case GTH_IOC_INFO:
		return ioctl_info(p);
	case GTH_IOC_LOAD:
		return ioctl_load(p);
	case GTH_IOC_DROP:
		return gth_sigtable_drop();
	case GTH_IOC_EXEMPT:
		return gth_exempt_add(&x->exempt);
	case GTH_IOC_SERVE:
		return gth_request_serve(file);
	case GTH_IOC_HOOKS:
		return ioctl_hooks(p);
	case GTH_IOC_EXPLAIN:
		return ioctl_explain(p);
	case GTH_IOC_REGION:
		WRITE_ONCE(x->region, true);
		return 0;
	case GTH_IOC_VERDICTS:
		return ioctl_verdicts(p);
	case GTH_IOC_FLOORS:
		return ioctl_floors(p);
	case GTH_IOC_RAISE:
		return ioctl_raise(p);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.read = device_read,
	.write = device_write,
	.poll = gth_request_poll,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "gotthard",
	.fops = &device_fops,
	.mode = 0600,
};

int gth_device_init(void)
{
	return misc_register(&device);
}

void gth_device_exit(void)
{
	misc_deregister(&device);
}
