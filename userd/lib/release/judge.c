// SPDX-License-Identifier: GPL-2.0-or-later
/* judge.c - a release, judged by a policy (see judge.h). */
#include "lib/release/judge.h"

#include <errno.h>
#include <string.h>

#include "core/limits.h"
#include "lib/log/proof_text.h"

static const struct {
	int error;
	const char *sentence;
} outcomes[] = {
#define GTH_RELEASE_X(name, error, sentence) [GTH_RELEASE_##name] = { error, sentence },
	GTH_RELEASE_OUTCOMES(GTH_RELEASE_X)
#undef GTH_RELEASE_X
};

/* gth_release_errno() - a negative errno; 0: GTH_RELEASE_GOOD */
int gth_release_errno(enum gth_release_outcome outcome)
{
	return -outcomes[outcome].error;
}

/* gth_release_sentence() - for people, without a full stop */
const char *gth_release_sentence(enum gth_release_outcome outcome)
{
	return outcomes[outcome].sentence;
}

/* gth_release_of_policy() - the outcome of an error of gth_policy_judge() */
enum gth_release_outcome gth_release_of_policy(int err)
{
	switch (err) {
	case 0:
		return GTH_RELEASE_GOOD;
	case -ENOKEY:
		return GTH_RELEASE_OTHER_LOG;
	case -EKEYREJECTED:
		return GTH_RELEASE_BAD_SIGNATURE;
	case -EKEYEXPIRED:
		return GTH_RELEASE_TOO_FEW;
	case -ENOMEM:
		return GTH_RELEASE_NO_MEMORY;
	default:
		return GTH_RELEASE_NOT_A_PROOF;
	}
}

static enum gth_release_outcome judge_checkpoint(const struct gth_release_case *c,
						 struct gth_release_judgement *j)
{
	const struct gth_policy *p = c->policy;
	uint64_t newest =
		c->now < UINT64_MAX - GTH_RELEASE_AHEAD ? c->now + GTH_RELEASE_AHEAD : UINT64_MAX;
	int err = gth_policy_judge(p, j->note, j->note_len, 0, newest, &j->checkpoint,
				   &j->witnessed),
	    ret = 0;

	if (!err || err == -EKEYEXPIRED)
		ret = gth_cosigned_at(j->note, j->note_len, p->witness, p->witnesses, j->times);
	return gth_release_of_policy(ret ? ret : err);
}

static struct gth_tree tree_of(const struct gth_checkpoint *c)
{
	struct gth_tree t = { .size = c->size };

	memcpy(t.root, c->root, sizeof(t.root));
	return t;
}

static enum gth_release_outcome judge_entry(const struct gth_release_case *c,
					    const struct gth_proof_text *p,
					    struct gth_release_judgement *j)
{
	struct gth_tree tree = tree_of(&j->checkpoint);
	uint8_t leaf[GTH_MERKLE_HASH];
	int err = gth_merkle_leaf(c->manifest, c->manifest_len, leaf);

	j->index = p->index;
	if (!err)
		err = gth_proof_check_entry(&p->proof, &tree, p->index, leaf);
	if (err)
		return err == -ENOMEM ? GTH_RELEASE_NO_MEMORY : GTH_RELEASE_NOT_LOGGED;
	return GTH_RELEASE_GOOD;
}

/* Does the log continue what was seen of it? A quorum of witnesses vouches for it where nothing
 * shows it: each has checked that the log continues all that it has cosigned. */
static enum gth_release_outcome judge_link(const struct gth_release_case *c,
					   struct gth_release_judgement *j)
{
	const struct gth_checkpoint *seen = c->seen;
	struct gth_tree tree = tree_of(&j->checkpoint), before;
	bool smaller;
	int err;

	j->linked = !seen || strcmp(seen->origin, j->checkpoint.origin) != 0;
	if (j->linked)
		return GTH_RELEASE_GOOD;
	before = tree_of(seen);
	if (before.size == tree.size) {
		j->linked = !memcmp(before.root, tree.root, sizeof(tree.root));
		return j->linked ? GTH_RELEASE_GOOD : GTH_RELEASE_FORKED;
	}
	smaller = tree.size < before.size;
	if (!c->link && smaller)
		return GTH_RELEASE_ROLLED_BACK;
	if (!c->link)
		return c->policy->quorum == GTH_POLICY_NONE ? GTH_RELEASE_UNLINKED
							    : GTH_RELEASE_GOOD;
	err = gth_proof_check_older(c->link, smaller ? &tree : &before, smaller ? &before : &tree);
	if (err)
		return err == -ENOMEM ? GTH_RELEASE_NO_MEMORY : GTH_RELEASE_FORKED;
	j->linked = true;
	return GTH_RELEASE_GOOD;
}

static bool is_old(const struct gth_floor *f, const struct gth_manifest *m)
{
	if (!f || strncmp(f->name, m->name, sizeof(f->name)) != 0 || m->version > f->version)
		return false;
	return m->version < f->version ||
	       memcmp(f->body_digest, m->body_digest, sizeof(f->body_digest)) != 0;
}

/* A release may have expired and the log be frozen: a fault that is allowed must not hide the
 * other. */
static enum gth_release_outcome judge_age(const struct gth_release_case *c,
					  const struct gth_release_judgement *j)
{
	bool expired = c->now >= j->m.expires;

	if (is_old(c->floor, &j->m))
		return GTH_RELEASE_OLD;
	if (c->now == GTH_RELEASE_NO_CLOCK)
		return GTH_RELEASE_GOOD;
	if (expired && !c->policy->expired_warns)
		return GTH_RELEASE_EXPIRED;
	if (c->freshness && c->policy->quorum != GTH_POLICY_NONE &&
	    (c->now > j->witnessed && c->now - j->witnessed > c->freshness))
		return GTH_RELEASE_FROZEN;
	return expired ? GTH_RELEASE_EXPIRED : GTH_RELEASE_GOOD;
}

/* gth_release_may_load() - it is proved, and no older than the policy lets it be */
bool gth_release_may_load(const struct gth_policy *p, enum gth_release_outcome outcome)
{
	return outcome == GTH_RELEASE_GOOD || (outcome == GTH_RELEASE_EXPIRED && p->expired_warns);
}

/**
 * gth_release_judge() - is this manifest a release of a log of the policy, and is it the newest
 * that is known?
 * @c: the case
 * @j: set, as far as the outcome allows
 *
 * The signature of the manifest, manifest.p7s, and the body are the kernel module's to check.
 *
 * Return: the first fault, in the order of GTH_RELEASE_OUTCOMES; GTH_RELEASE_GOOD.
 */
enum gth_release_outcome gth_release_judge(const struct gth_release_case *c,
					   struct gth_release_judgement *j)
{
	enum gth_release_outcome outcome = GTH_RELEASE_GOOD;
	struct gth_proof_text p;

	memset(j, 0, sizeof(*j));
	if (c->manifest_len > GTH_MANIFEST_MAX ||
	    gth_manifest_parse(&j->m, c->manifest, c->manifest_len))
		return GTH_RELEASE_MALFORMED;
	if (!c->proof)
		return GTH_RELEASE_NO_PROOF;
	if (gth_proof_parse(&p, c->proof, c->proof_len))
		return GTH_RELEASE_NOT_A_PROOF;
	j->note = p.note;
	j->note_len = p.note_len;
	outcome = judge_checkpoint(c, j);
	if (!outcome || outcome == GTH_RELEASE_TOO_FEW) {
		enum gth_release_outcome entry = judge_entry(c, &p, j);

		outcome = entry ? entry : outcome;
	}
	if (!outcome)
		outcome = judge_link(c, j);
	if (!outcome)
		outcome = judge_age(c, j);
	return outcome;
}
