/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy.h - the knobs, and the one function that decides.
 *
 * Pure: no locks, no allocation, no I/O. Hooks gather facts, gth_policy_rule()
 * decides; the hooks, explain and the tests go through the same function.
 */
#ifndef GTH_POLICY_H
#define GTH_POLICY_H

#include <linux/gotthard.h>
#include <linux/types.h>

#include "core/knobs.h"

/* GTH_KNOB_MODE … GTH_KNOB_HOOK_KERNEL_READ, and GTH_KNOB_MAX */
enum gth_knob_id {
#define KNOB(id, ...) GTH_KNOB_##id,
#define HOOK(id, name) GTH_KNOB_HOOK_##id,
	GTH_KNOBS(KNOB, KNOB, HOOK)
#undef KNOB
#undef HOOK
	GTH_KNOB_MAX
};

enum gth_scope { GTH_SCOPE_ALL, GTH_SCOPE_CODE, GTH_SCOPE_NONE };
enum gth_unversioned { GTH_UNVERSIONED_HASH, GTH_UNVERSIONED_SKIP };
enum gth_fuse { GTH_FUSE_UNKNOWN, GTH_FUSE_HASH };

struct gth_knob {
	const char *name;		/* of the sysfs file */
	const char *const *words;	/* value i is words[i]; NULL: a decimal number */
	bool hook;			/* lives in policy/hooks/ */
	u64 min, max;			/* inclusive */
	u64 initial;
};

/* Every value, indexed by enum gth_knob_id, so that one table describes them. */
struct gth_policy {
	u64 value[GTH_KNOB_MAX];
};

/* The facts that a hook knows of a file when it asks for a decision. */
struct gth_facts {
	u8 op;			/* enum gth_op */
	u8 class;		/* enum gth_class */
	bool code;		/* exec bit or a code magic; only open_scope=code asks */
	bool versioned;		/* the filesystem reports changes of content */
	bool pseudo;		/* the kernel makes its content */
	bool fuse;		/* a process makes its content */
	bool memory;		/* a memfd: a program has made it, as it makes anonymous memory */
	bool hot;		/* rewritten too often to be hashed at this open */
	bool unjudged;		/* a digest is needed and may not be computed here */
	bool failed;		/* the digest could not be computed */
	bool disturbed;		/* by an error that fails closed (error.h) */
	bool killed;		/* because the task is being killed */
	bool daemon;		/* a daemon answers holds, and the task can wait for it */
	bool expired;		/* the wait is over, without a class */
	bool exempt;		/* the daemon's own task */
	bool init;		/* the first process */
	u64 size;		/* bytes */
};

struct gth_decision {
	u8 action;		/* enum gth_action to be carried out */
	u8 would;		/* enum gth_action that enforce would carry out */
	u8 reason;		/* enum gth_reason */
};

extern const struct gth_knob gth_knobs[GTH_KNOB_MAX];

void gth_policy_init(struct gth_policy *p);
int gth_knob_parse(enum gth_knob_id id, const char *text, u64 *value);
int gth_knob_format(enum gth_knob_id id, u64 value, char *text, size_t size);
enum gth_source gth_policy_source(const u8 class[GTH_SOURCE_MAX]);
enum gth_reason gth_policy_skip(const struct gth_policy *p, const struct gth_facts *f);
void gth_policy_rule(const struct gth_policy *p, const struct gth_facts *f,
		     struct gth_decision *out);

#endif /* GTH_POLICY_H */
