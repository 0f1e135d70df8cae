// SPDX-License-Identifier: GPL-2.0-only
/* hold.c - an operation that waits for a verdict (see hold.h). */
#include <linux/jiffies.h>
#include <linux/string.h>

#include "generation.h"
#include "live_policy.h"
#include "hold.h"
#include "core/limits.h"
#include "request.h"

/*
 * The wait is over without a verdict, and one may have come since: of a write that
 * was under way, or by the file's other digest. True: judged anew, go on with that.
 */
static bool knows_better(struct gth_target *s, struct gth_inode_entry *entry,
			 struct gth_judgement *j, int ret)
{
	u8 asked[GTH_DIGEST_SIZE];

	if (gth_generation() == j->generation)
		return false;
	memcpy(asked, j->digest, sizeof(asked));
	gth_judge(s, entry, j);
	/* Other content: nobody was asked about that yet. */
	return j->decision.action != GTH_ACTION_HOLD ||
	       (ret == -ENODATA && memcmp(asked, j->digest, sizeof(asked)));
}

/**
 * gth_hold() - wait until a ruling is another than to hold
 * @s: the target
 * @entry: what is kept with its inode, or NULL
 * @j: its judgement, whose action is to hold; judged and ruled anew
 *
 * Sleeps, killable, for hold_timeout_ms at most, however often it is judged
 * anew: the policy under which the wait began counts. Other content is waited for
 * anew, a few times.
 */
void gth_hold(struct gth_target *s, struct gth_inode_entry *entry, struct gth_judgement *j)
{
	unsigned int ms = (unsigned int)j->policy.value[GTH_KNOB_HOLD_TIMEOUT_MS];
	unsigned long deadline = jiffies + msecs_to_jiffies(ms);
	unsigned int changes = 0;
	u8 asked[GTH_DIGEST_SIZE];
	int ret;

	if (!gth_may_sleep(j)) {
		gth_policy_rule(&j->policy, &j->facts, &j->decision);
		return;
	}
	memcpy(asked, j->digest, sizeof(asked));
	while (j->decision.action == GTH_ACTION_HOLD) {
		if (memcmp(asked, j->digest, sizeof(asked))) {
			memcpy(asked, j->digest, sizeof(asked));
			deadline = jiffies + msecs_to_jiffies(ms);
			if (++changes > GTH_HOLD_CHANGES) {
				/* Somebody changes it each time it is asked for. */
				j->error = -ESTALE;
				j->facts.failed = true;
				j->facts.disturbed = true;
				gth_policy_rule(&j->policy, &j->facts, &j->decision);
				return;
			}
		}
		ret = gth_request_wait(s, j, deadline);
		switch (ret) {
		case 0:
			gth_judge(s, entry, j);
			continue;
		case -ETIME:
		case -ENODATA:
			if (knows_better(s, entry, j, ret))
				continue;
			j->facts.expired = true;
			break;
		case -ERESTARTSYS:
			j->facts.killed = true;
			break;
		case -ENOSPC:
			j->error = ret;
			fallthrough;
		default:
			j->facts.daemon = false;
		}
		/* None of them holds. */
		gth_policy_rule(&j->policy, &j->facts, &j->decision);
	}
}
