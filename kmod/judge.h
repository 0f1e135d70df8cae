/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * judge.h - from a file to a decision: the one path that hooks and explain take.
 */
#ifndef GTH_JUDGE_H
#define GTH_JUDGE_H

#include "core/policy.h"
#include "sleeper.h"
#include "target.h"

struct gth_judgement {
	struct gth_policy policy;	/* decided under */
	u32 generation;			/* decided under */
	struct gth_facts facts;
	struct gth_decision decision;
	u8 source;			/* enum gth_source of the class */
	u8 domain;			/* enum gth_domain of digest; NONE: not hashed */
	bool cached;			/* the digest was kept with the inode */
	bool cacheable;			/* it may be: no task could write at the snapshot */
	bool unverified;		/* its fs-verity digest is known, and to be settled */
	bool may_sleep;			/* in: hash if need be */
	bool impersonal;		/* in: for any task, not for the current one */
	struct gth_sleeper *sleeper;	/* in: leaves the program's sections; NULL: in none */
	int error;			/* of hashing */
	int passed_on;			/* errno that a denial gives in place of EPERM; 0: none */
	u64 snapshot_ns;		/* monotonic; when snapshot() noted the members below */
	u64 version;			/* i_version */
	u16 stamp;			/* gth_target_stamp() */
	u8 digest[GTH_DIGEST_SIZE];
};

bool gth_may_sleep(struct gth_judgement *j);
void gth_judge(struct gth_target *s, struct gth_inode_entry *entry, struct gth_judgement *j);
void gth_judge_report(const struct gth_target *s, const struct gth_judgement *j);

#endif /* GTH_JUDGE_H */
