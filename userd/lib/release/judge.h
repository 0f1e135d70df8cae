/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * judge.h - may a release be believed, by a policy of logs and witnesses? Pure: no I/O, no clock.
 *
 * The proof of a release (C2SP tlog-proof) shows that its manifest is an entry of a log that the
 * owner's policy names, under a checkpoint that a quorum of witnesses has cosigned.
 */
#ifndef GTH_LIB_RELEASE_JUDGE_H
#define GTH_LIB_RELEASE_JUDGE_H

#include <linux/gotthard.h>

#include "core/manifest.h"
#include "lib/log/policy.h"
#include "lib/log/proof.h"

#define GTH_RELEASE_AHEAD 86400		/* s by which the clock of a witness may be ahead of ours */
#define GTH_RELEASE_NO_CLOCK UINT64_MAX /* in the place of a time: nothing is judged by one */

/*
 * X(name, errno, sentence): the outcomes, in the order in which they are looked for. That a
 * manifest is not in the log counts more than that witnesses are missing, which time can mend. The
 * last two are of a release that is proved: see gth_release_may_load().
 */
#define GTH_RELEASE_OUTCOMES(X)                                                                      \
	X(GOOD, 0, "it is proved")                                                                   \
	X(NO_MEMORY, ENOMEM, "there is not enough free memory to check it")                          \
	X(MALFORMED, EINVAL, "the manifest is malformed; gotthard-sigtool verify says where")        \
	X(NO_PROOF, ENODATA,                                                                         \
	  "there is no proof: get the file proof of this release from its publisher "                \
	  "(gotthard-region prove makes it)")                                                        \
	X(NOT_A_PROOF, EBADMSG, "the proof is not a C2SP tlog-proof: was it copied whole?")          \
	X(OTHER_LOG, ENOKEY,                                                                         \
	  "the checkpoint of the proof is not signed by a log that the policy names")                \
	X(BAD_SIGNATURE, EKEYREJECTED,                                                               \
	  "a signature of the checkpoint by a log or witness of the policy is invalid")              \
	X(NOT_LOGGED, EBADE,                                                                         \
	  "the proof does not show that this manifest is in the log: do they belong together?")      \
	X(TOO_FEW, EKEYEXPIRED,                                                                      \
	  "too few witnesses have cosigned the checkpoint, or the clock of this machine is late: "   \
	  "get a newer proof")                                                                       \
	X(FORKED, EUCLEAN,                                                                           \
	  "the checkpoint does not continue the one that was seen before: the log shows different "  \
	  "lists to different readers; ask its publisher and the witnesses")                         \
	X(ROLLED_BACK, ESTALE,                                                                       \
	  "the checkpoint is of fewer entries than one that was seen before: get a newer proof, or " \
	  "show by the files of the log that the one continues the other (--log)")                   \
	X(UNLINKED, ENOLINK,                                                                         \
	  "it is not known whether the checkpoint continues the one that was seen before, and the "  \
	  "policy asks no witness: show it by the files of the log (--log)")                         \
	X(OLD, ERANGE, "its version is lower than one that was loaded before, or another release")   \
	X(EXPIRED, ETIME,                                                                            \
	  "it has expired: get a newer release, or allow expired ones by the line `expired warn'")   \
	X(FROZEN, ETIMEDOUT,                                                                         \
	  "no quorum of witnesses has seen the log lately: newer releases may be withheld")

enum gth_release_outcome {
#define GTH_RELEASE_X(name, error, sentence) GTH_RELEASE_##name,
	GTH_RELEASE_OUTCOMES(GTH_RELEASE_X)
#undef GTH_RELEASE_X
};

/* A release, and all by which it is judged. */
struct gth_release_case {
	const struct gth_policy *policy;
	const char *manifest, *proof; /* untrusted bytes; a proof of NULL is not there */
	size_t manifest_len, proof_len;
	const struct gth_checkpoint *seen; /* the last one believed, of any log; NULL: none */
	const struct gth_tree_proof
		*link; /* that the larger of the two continues the other; NULL: none */
	const struct gth_floor *floor; /* no older one of this name; NULL: any */
	uint64_t now;		       /* Unix time, or GTH_RELEASE_NO_CLOCK */
	uint64_t freshness;	       /* s since a quorum saw the log; 0: any number */
};

/* Each part is set if the outcome is not one that is looked for before it; the checkpoint and the
 * times with NOT_LOGGED and TOO_FEW, too. */
struct gth_release_judgement {
	struct gth_manifest m;
	uint64_t index; /* of the entry */
	struct gth_checkpoint checkpoint;
	const char *note; /* the signed checkpoint; points into the proof */
	size_t note_len;
	uint64_t times[GTH_POLICY_WITNESSES]; /* Unix time, of each witness; 0: it did not */
	uint64_t witnessed;		      /* gth_quorum_time(); 0: none is needed */
	bool linked; /* it and the one seen before are shown to be of one log */
};

enum gth_release_outcome gth_release_judge(const struct gth_release_case *c,
					   struct gth_release_judgement *j);
enum gth_release_outcome gth_release_of_policy(int err);
bool gth_release_may_load(const struct gth_policy *p, enum gth_release_outcome outcome);
int gth_release_errno(enum gth_release_outcome outcome);
const char *gth_release_sentence(enum gth_release_outcome outcome);

#endif /* GTH_LIB_RELEASE_JUDGE_H */
