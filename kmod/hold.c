// SPDX-License-Identifier: GPL-2.0-only
/* hold.c - an operation that waits for a verdict (see hold.h). */
#include <linux/jiffies.h>
#include <linux/string.h>

#include "core/limits.h"
#include "generation.h"
#include "hold.h"
#include "request.h"

/*
 * The wait is over without a verdict, and one may have come since: by a write that
 * was under way, or for the file's other digest.
 *
 * Return: true: the file was judged again, and that judgement counts.
 */
static bool knows_better(struct gth_target *s, struct gth_inode_entry *entry,
			 struct gth_judgement *j, int ret)
{
	u8 asked[GTH_DIGEST_SIZE];

	/* A verdict that came since has raised the generation; else nothing is new. */
	if (gth_generation() == j->generation)
		return false;
	memcpy(asked, j->digest, sizeof(asked));
	gth_judge(s, entry, j);
	/* For other content the daemon has not been asked yet, so the task waits again. */
	return j->decision.action != GTH_ACTION_HOLD ||
	       (ret == -ENODATA && memcmp(asked, j->digest, sizeof(asked)));
}

/**
 * gth_hold() - wait until a decision is another than to hold
 * @s: the target
 * @entry: the entry with its inode, or NULL
 * @j: its judgement, whose action is to hold; judged and ruled again
 *
 * Sleeps, killable, for hold_timeout_ms at most, however often the file is judged
 * again: the policy under which the wait began counts. For other content the task
 * waits again, a few times.
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
	might_sleep();
	memcpy(asked, j->digest, sizeof(asked));
	while (j->decision.action == GTH_ACTION_HOLD) {
		if (memcmp(asked, j->digest, sizeof(asked))) {
			memcpy(asked, j->digest, sizeof(asked));
			deadline = jiffies + msecs_to_jiffies(ms);
			if (++changes > GTH_HOLD_CHANGES) {
				/* A task changes the file during each wait: give up. */
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
		/* With any of these facts the policy does not hold the task again. */
		gth_policy_rule(&j->policy, &j->facts, &j->decision);
	}
}
