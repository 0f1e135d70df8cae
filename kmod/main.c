// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - the way in and out: parameters, the init ladder and its mirror, and
 * the proof that the ABI is what the header says.
 *
 * The module judges nothing by itself: BPF programs attach to the LSM hooks and
 * call its kfuncs. While one of them is loaded the module cannot be removed.
 */
#include <linux/build_bug.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gotthard.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "device.h"
#include "digest.h"
#include "entry.h"
#include "event.h"
#include "kfunc.h"
#include "links.h"
#include "live_policy.h"
#include "request.h"
#include "signature.h"
#include "sigtable.h"
#include "sysfs.h"
#include "target.h"
#include "verdict.h"

static bool off;
module_param(off, bool, 0444);
MODULE_PARM_DESC(off,
		 "load inert: no device, no hooks (also: gotthard=off on the kernel command line)");

bool gth_require_signed = true;
module_param_named(require_signed, gth_require_signed, bool, 0444);
MODULE_PARM_DESC(require_signed, "refuse tables that are not signed by a built-in key (default 1)");

/* Every knob of policy/ is a parameter too: its state at load. */
static int knob_param_set(const char *text, const struct kernel_param *kp)
{
	return gth_live_policy_set((enum gth_knob_id)(unsigned long)kp->arg, text);
}

static const struct kernel_param_ops knob_param_ops = { .set = knob_param_set };

#define KNOB_PARAM(name, id)                                                                       \
	module_param_cb(name, &knob_param_ops, (void *)(unsigned long)(id), 0);                    \
	MODULE_PARM_DESC(name, "as the file in /sys/kernel/gotthard/policy/");
#define KNOB(id, name, ...) KNOB_PARAM(name, GTH_KNOB_##id)
#define HOOK(id, name) KNOB_PARAM(hook_##name, GTH_KNOB_HOOK_##id)

GTH_KNOBS(KNOB, KNOB, HOOK)

/* The layouts of the uapi header, as every program is compiled against them. */
static_assert(sizeof(struct gth_event) == 712);
static_assert(offsetof(struct gth_event, path) == 200);
static_assert(sizeof(struct gth_request) == 632);
static_assert(sizeof(struct gth_verdict) == 48);
static_assert(sizeof(struct gth_verdict_list) == 24);
static_assert(sizeof(struct gth_load) == 24);
static_assert(sizeof(struct gth_info) == 96);
static_assert(sizeof(struct gth_floor) == 72);
static_assert(sizeof(struct gth_floors) == 8 + GTH_FLOORS_MAX * 72);
static_assert(sizeof(struct gth_hooks) == 72);
static_assert(sizeof(struct gth_explain) == 120);
static_assert(sizeof(struct gth_record) == 34);
static_assert(sizeof(struct gth_inode_entry) == 56);

/*
 * gotthard=off on the kernel command line is the way out for a machine that is
 * locked by its own policy. The kernel does not pass it to modules, and the saved
 * command line is not exported; /proc/cmdline exists wherever modprobe runs.
 */
static bool off_on_cmdline(void)
{
	struct file *f = filp_open("/proc/cmdline", O_RDONLY, 0);
	bool found = false;
	char *line, *word, *rest;
	loff_t pos = 0;
	ssize_t n;

	if (IS_ERR(f)) {
		pr_warn("cannot read /proc/cmdline (%ld): gotthard=off is not seen\n", PTR_ERR(f));
		return false;
	}
	line = kmalloc(PAGE_SIZE, GFP_KERNEL);
	n = line ? kernel_read(f, line, PAGE_SIZE - 1, &pos) : 0;
	if (n > 0) {
		line[n] = '\0';
		rest = line;
		while (!found && (word = strsep(&rest, "\n ")))
			found = !strcmp(word, "gotthard=off");
	}
	kfree(line);
	filp_close(f, NULL);
	return found;
}

static int __init gotthard_init(void)
{
	int ret;

	off |= off_on_cmdline();
	if (off) {
		pr_notice("switched off: loaded without a device or hooks\n");
		return 0;
	}
	gth_entry_init();
	gth_event_init();
	gth_verdict_init();
	gth_request_init();
	ret = gth_live_policy_init();
	if (ret)
		return ret;
	ret = gth_digest_init();
	if (ret)
		goto err_control;
	ret = gth_target_setup();
	if (ret)
		goto err_digest;
	ret = gth_signature_init();
	if (ret)
		goto err_target;
	ret = gth_links_init();
	if (ret)
		goto err_signature;
	ret = gth_sysfs_init();
	if (ret)
		goto err_links;
	/* Without .BTF in the module this fails: there would be nothing to attach to. */
	ret = gth_kfunc_init();
	if (ret)
		goto err_sysfs;
	ret = gth_device_init();
	if (ret)
		goto err_sysfs;
	pr_info("loaded, hashing with %s\n", gth_digest_driver());
	return 0;

err_sysfs:
	gth_sysfs_exit();
err_links:
	gth_links_exit();
err_signature:
	gth_signature_exit();
err_target:
	gth_target_teardown();
err_digest:
	gth_digest_exit();
err_control:
	gth_live_policy_exit();
	return ret;
}

static void __exit gotthard_exit(void)
{
	if (off)
		return;
	gth_device_exit();
	gth_sysfs_exit();
	gth_links_exit();
	gth_verdict_exit();
	gth_sigtable_exit();
	gth_signature_exit();
	gth_target_teardown();
	gth_digest_exit();
	gth_live_policy_exit();
	/* Objects freed by kfree_rcu() come from slabs of the kernel's own. */
}

module_init(gotthard_init);
module_exit(gotthard_exit);

MODULE_DESCRIPTION("File-interception scanner: judges files against a resident signature table");
MODULE_AUTHOR("The Gotthard authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
/* The accelerated SHA-256 is a module on some kernels; without it hashing is slower. */
MODULE_SOFTDEP("pre: sha256");
