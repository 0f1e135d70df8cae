// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs.c - /sys/kernel/gotthard/: one value a file.
 *
 * Files that stand for a list kept elsewhere (knobs, counters) are made from
 * that list, so that none can be forgotten.
 */
#include <linux/capability.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>
#include <linux/timekeeping.h>

#include "digest.h"
#include "event.h"
#include "exempt.h"
#include "generation.h"
#include "links.h"
#include "live_policy.h"
#include "request.h"
#include "signature.h"
#include "sigtable.h"
#include "stats.h"
#include "sysfs.h"
#include "verdict.h"

/* A file that stands for an element of a list. */
struct indexed {
	struct kobj_attribute attr;
	unsigned int index;
};

static struct kobject *root_kobj, *policy_kobj;

/* policy/ and policy/hooks/ */

static struct indexed knob_files[GTH_KNOB_MAX];
static struct attribute *policy_attrs[GTH_KNOB_MAX + 1];
static struct attribute *hook_attrs[GTH_KNOB_MAX + 1];

static ssize_t knob_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	enum gth_knob_id id = container_of(attr, struct indexed, attr)->index;
	char text[GTH_VALUE_SIZE];
	struct gth_policy p;

	gth_live_policy_read(&p);
	gth_knob_format(id, p.value[id], text, sizeof(text));
	return sysfs_emit(buf, "%s\n", text);
}

static ssize_t knob_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			  size_t len)
{
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	/* A NUL inside would hide what follows it. */
	if (strlen(buf) != len)
		return -EINVAL;
	ret = gth_live_policy_set(container_of(attr, struct indexed, attr)->index, buf);
	return ret ? ret : (ssize_t)len;
}

static void file_init(struct indexed *f, unsigned int index, const char *name, umode_t mode)
{
	sysfs_attr_init(&f->attr.attr);
	f->attr.attr.name = name;
	f->attr.attr.mode = mode;
	f->index = index;
}

static void knobs_init(void)
{
	unsigned int i, policies = 0, hooks = 0;

	for (i = 0; i < GTH_KNOB_MAX; i++) {
		struct indexed *f = &knob_files[i];

		file_init(f, i, gth_knobs[i].name, 0644);
		f->attr.show = knob_show;
		f->attr.store = knob_store;
		if (gth_knobs[i].hook)
			hook_attrs[hooks++] = &f->attr.attr;
		else
			policy_attrs[policies++] = &f->attr.attr;
	}
}

static const struct attribute_group policy_group = { .attrs = policy_attrs };
static const struct attribute_group hook_group = { .name = "hooks", .attrs = hook_attrs };

/* stats/ */

static struct indexed stat_files[GTH_STAT_MAX];
static struct attribute *stat_attrs[GTH_STAT_MAX + 1];

static ssize_t stat_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	unsigned int index = container_of(attr, struct indexed, attr)->index;

	return sysfs_emit(buf, "%llu\n", gth_stat_sum(index));
}

static void stats_init(void)
{
	unsigned int i;

	for (i = 0; i < GTH_STAT_MAX; i++) {
		file_init(&stat_files[i], i, gth_stat_names[i], 0444);
		stat_files[i].attr.show = stat_show;
		stat_attrs[i] = &stat_files[i].attr.attr;
	}
}

static const struct attribute_group stats_group = { .name = "stats", .attrs = stat_attrs };

/* table/ */

#define TABLE_FILE(name_, format, value)						\
static ssize_t name_##_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf) \
{											\
	struct gth_sigtable_info t;							\
											\
	gth_sigtable_info(&t);								\
	return sysfs_emit(buf, format "\n", value);					\
}											\
static struct kobj_attribute name_##_file = __ATTR_RO(name_)

TABLE_FILE(version, "%llu", t.version);
TABLE_FILE(entries, "%llu", t.entries);
TABLE_FILE(malicious, "%llu", t.count[GTH_CLASS_MALICIOUS]);
TABLE_FILE(suspicious, "%llu", t.count[GTH_CLASS_SUSPICIOUS]);
TABLE_FILE(trusted, "%llu", t.count[GTH_CLASS_TRUSTED]);
TABLE_FILE(bytes, "%llu", t.bytes);
TABLE_FILE(created, "%llu", t.created);
TABLE_FILE(expires, "%llu", t.expires);
TABLE_FILE(source, "%s", t.version ? t.name : "none");
TABLE_FILE(signer, "%s", t.signer ?: "none");

static ssize_t generation_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", gth_generation());
}

static ssize_t verdicts_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", gth_verdict_count());
}

static struct kobj_attribute generation_file = __ATTR_RO(generation);
static struct kobj_attribute verdicts_file = __ATTR_RO(verdicts);

static struct attribute *table_attrs[] = {
	&version_file.attr, &entries_file.attr, &malicious_file.attr, &suspicious_file.attr,
	&trusted_file.attr, &bytes_file.attr, &created_file.attr, &expires_file.attr,
	&source_file.attr, &signer_file.attr, &generation_file.attr, &verdicts_file.attr, NULL
};

static const struct attribute_group table_group = { .name = "table", .attrs = table_attrs };

/* health/ */

static struct indexed hook_seen_files[GTH_OP_MAX];
static const char *const hook_seen_names[GTH_OP_MAX] = {
#define X(id, name, ...) [GTH_OP_##id] = "hook_" #name,
	GTH_OPERATIONS(X)
#undef X
};

static ssize_t hook_seen_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	unsigned int op = container_of(attr, struct indexed, attr)->index;

	/* The first counters are the checks of each operation. */
	return sysfs_emit(buf, "%d\n", gth_stat_sum(op) != 0);
}

static ssize_t daemon_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", gth_request_served() ? "serving" :
			  gth_exempt_any() ? "present" : "absent");
}

static ssize_t table_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct gth_sigtable_info t;

	gth_sigtable_info(&t);
	if (!t.version)
		return sysfs_emit(buf, "none\n");
	return sysfs_emit(buf, "%s\n", t.expires <= (u64)ktime_get_real_seconds() ? "expired" :
			  "ok");
}

/* The one file of a line for each: nothing about a key is worth a file of its own. */
static ssize_t signing_keys_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const char *name;
	unsigned int i;
	int len = 0;

	for (i = 0; (name = gth_signature_key(i)); i++)
		len += sysfs_emit_at(buf, len, "%s\n", name);
	return len ?: sysfs_emit(buf, "none\n");
}

static ssize_t hash_driver_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", gth_digest_driver());
}

static ssize_t last_error_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	size_t len;

	gth_event_read_error(buf, PAGE_SIZE - 1);
	len = strlen(buf);
	buf[len] = '\n';
	return (ssize_t)len + 1;
}

static ssize_t hooks_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", gth_links_count());
}

static struct kobj_attribute hooks_file = __ATTR_RO(hooks);
static struct kobj_attribute daemon_file = __ATTR_RO(daemon);
static struct kobj_attribute table_file = __ATTR_RO(table);
static struct kobj_attribute signing_keys_file = __ATTR_RO(signing_keys);
static struct kobj_attribute hash_driver_file = __ATTR_RO(hash_driver);
/* For root: it may name a path that others must not learn. */
static struct kobj_attribute last_error_file = __ATTR_RO_MODE(last_error, 0400);

#define HEALTH_FILES 6

static struct attribute *health_attrs[HEALTH_FILES + GTH_OP_MAX + 1] = {
	&daemon_file.attr, &hooks_file.attr, &table_file.attr, &hash_driver_file.attr,
	&signing_keys_file.attr, &last_error_file.attr,
};

static void health_init(void)
{
	unsigned int i;

	for (i = 0; i < GTH_OP_MAX; i++) {
		file_init(&hook_seen_files[i], i, hook_seen_names[i], 0444);
		hook_seen_files[i].attr.show = hook_seen_show;
		health_attrs[HEALTH_FILES + i] = &hook_seen_files[i].attr.attr;
	}
}

static const struct attribute_group health_group = { .name = "health", .attrs = health_attrs };

static const struct attribute_group *root_groups[] = {
	&table_group, &stats_group, &health_group, NULL
};

static const struct attribute_group *policy_groups[] = { &policy_group, &hook_group, NULL };

int gth_sysfs_init(void)
{
	int ret = -ENOMEM;

	knobs_init();
	stats_init();
	health_init();
	root_kobj = kobject_create_and_add("gotthard", kernel_kobj);
	if (!root_kobj)
		return ret;
	policy_kobj = kobject_create_and_add("policy", root_kobj);
	if (!policy_kobj)
		goto err_root;
	ret = sysfs_create_groups(root_kobj, root_groups);
	if (ret)
		goto err_policy;
	ret = sysfs_create_groups(policy_kobj, policy_groups);
	if (ret)
		goto err_groups;
	return 0;

err_groups:
	sysfs_remove_groups(root_kobj, root_groups);
err_policy:
	kobject_put(policy_kobj);
err_root:
	kobject_put(root_kobj);
	return ret;
}

void gth_sysfs_exit(void)
{
	sysfs_remove_groups(policy_kobj, policy_groups);
	sysfs_remove_groups(root_kobj, root_groups);
	kobject_put(policy_kobj);
	kobject_put(root_kobj);
}
