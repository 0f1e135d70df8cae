// SPDX-License-Identifier: GPL-2.0-or-later
/* quorum.c - checkpoints, judged by a policy (see policy.h). */
#include <errno.h>
#include <string.h>

#include "lib/log/policy.h"

/**
 * gth_quorum_met() - have enough witnesses cosigned?
 * @times: of each witness of the policy, when it did; 0: it did not (gth_cosigned_at())
 * @oldest: Unix time; a cosignature from before counts as none
 * @newest: one from after does not count either: no clock may be so far ahead
 */
bool gth_quorum_met(const struct gth_policy *p, const uint64_t *times, uint64_t oldest,
		    uint64_t newest)
{
	uint64_t have = 0; /* a bit for each member that has cosigned */

	if (p->quorum == GTH_POLICY_NONE)
		return true;
	for (unsigned int i = 0; i < p->witnesses; i++)
		if (times[i] && times[i] >= oldest && times[i] <= newest)
			have |= 1ULL << i;
	/* A group is made of what is named before it, so one pass is enough. */
	for (unsigned int i = 0; i < p->groups; i++) {
		const struct gth_policy_group *g = &p->group[i];

		if ((unsigned int)__builtin_popcountll(have & g->members) >= g->least)
			have |= 1ULL << (GTH_POLICY_WITNESSES + i);
	}
	return have >> p->quorum & 1;
}

/**
 * gth_quorum_time() - since when is what a quorum has seen known to be the newest?
 *
 * The latest time at which, or after which, enough witnesses cosigned: a log that withholds its
 * later entries does not get it any later.
 * Return: Unix time; 0: there is no quorum, or none is needed.
 */
uint64_t gth_quorum_time(const struct gth_policy *p, const uint64_t *times, uint64_t newest)
{
	uint64_t best = 0;

	if (p->quorum == GTH_POLICY_NONE)
		return 0;
	for (unsigned int i = 0; i < p->witnesses; i++)
		if (times[i] > best && gth_quorum_met(p, times, times[i], newest))
			best = times[i];
	return best;
}

/* The log of the policy that signed it, whose name is its origin. Return: 0 or as
 * gth_policy_judge(). */
static int find_log(const struct gth_policy *p, const char *note, size_t len,
		    struct gth_checkpoint *c)
{
	int err = -ENOKEY, ret = -ENOKEY;
	size_t text_len;

	for (unsigned int i = 0; i < p->logs && ret == -ENOKEY; i++) {
		ret = gth_note_verify(note, len, &p->log[i], 1, &text_len);
		if (ret)
			continue;
		err = gth_checkpoint_parse(c, note, text_len);
		if (!err && strcmp(c->origin, p->log[i].name) != 0)
			err = -EBADMSG;
		return err;
	}
	return ret;
}

/**
 * gth_policy_judge() - is a checkpoint one to believe?
 * @note: the signed checkpoint; it may hold anything
 * @oldest, @newest: for cosignatures, as for gth_quorum_met()
 * @c: set to it
 * @time: set to gth_quorum_time(); or NULL
 *
 * Return: 0; -EBADMSG: it is not a checkpoint; -ENOKEY: none of the policy's logs signed it;
 * -EKEYREJECTED: a signature by one of its logs or witnesses is invalid; -EKEYEXPIRED: too few
 * witnesses cosigned it in that time; -ENOMEM.
 */
int gth_policy_judge(const struct gth_policy *p, const char *note, size_t len, uint64_t oldest,
		     uint64_t newest, struct gth_checkpoint *c, uint64_t *time)
{
	uint64_t times[GTH_POLICY_WITNESSES];
	int err = find_log(p, note, len, c);

	if (!err)
		err = gth_cosigned_at(note, len, p->witness, p->witnesses, times);
	if (!err && !gth_quorum_met(p, times, oldest, newest))
		err = -EKEYEXPIRED;
	if (!err && time)
		*time = gth_quorum_time(p, times, newest);
	return err;
}
