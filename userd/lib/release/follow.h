/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * follow.h - the newest release of a name in a log of static files (docs/protocol.md, "Log of
 * releases"), and whether the log may be believed. The files come by a function of the caller, from
 * a directory or over a network; nothing is believed because of the way that it came.
 *
 * The entries of the log say which releases there are, not a file beside it; the proof is made from
 * the tiles, for the newest checkpoint that a quorum of witnesses has cosigned.
 */
#ifndef GTH_LIB_RELEASE_FOLLOW_H
#define GTH_LIB_RELEASE_FOLLOW_H

#include <linux/gotthard.h>

#include "core/limits.h"
#include "lib/release/judge.h"

#define GTH_FOLLOW_TILES 4 /* of entries that are searched for the name, from the end on */

/* X(name, word, sentence): the states of a log, for people and in JSON */
#define GTH_FOLLOW_STATES(X)                                                                       \
	X(CURRENT, "current", "the newest release of the log is in force")                         \
	X(NEWER, "newer", "the log has a newer release than the one in force")                     \
	X(ABSENT, "absent", "the log has no release of this name among its last entries")          \
	X(UNREACHABLE, "unreachable", "the log cannot be reached")                                 \
	X(FROZEN, "frozen",                                                                        \
	  "no quorum of witnesses has seen the log lately: newer releases may be kept from this "  \
	  "machine")                                                                               \
	X(EXPIRED, "expired",                                                                      \
	  "the newest release of the log has expired: its publisher has to publish another one, "  \
	  "or the line `expired warn' of the policy allows it")                                    \
	X(FORKED, "forked",                                                                        \
	  "the log does not continue what was seen of it before: it shows different lists to "     \
	  "different readers")                                                                     \
	X(ROLLED_BACK, "rolled-back",                                                              \
	  "the log, or the newest release in it, is older than what was seen before")              \
	X(WITHHELD, "withheld",                                                                    \
	  "the log lists a release whose files are not there, or not those that it lists")         \
	X(REFUSED, "refused", "the log is not one that the policy believes")

enum gth_follow_state {
#define GTH_FOLLOW_X(name, word, sentence) GTH_FOLLOW_##name,
	GTH_FOLLOW_STATES(GTH_FOLLOW_X)
#undef GTH_FOLLOW_X
};

struct gth_follow {
	const struct gth_policy *policy;
	int memory;		       /* of gth_release_memory_open() */
	int work;		       /* directory in which the files of the log are */
	const char *name;	       /* of the database */
	const struct gth_floor *floor; /* the release in force; NULL: none of this name */
	uint64_t now;		       /* Unix time */
	uint64_t freshness;	       /* s since a quorum saw the log; 0: any number */
	/*
	 * Makes sure that the file at @path, of at most @max bytes, is in the directory. Return: 0;
	 * -ENOENT: the log does not have it; another errno: it is not known whether it does.
	 */
	int (*fetch)(void *arg, const char *path, uint64_t max);
	void *arg;
};

struct gth_followed {
	enum gth_release_outcome outcome; /* of REFUSED: the reason */
	struct gth_checkpoint checkpoint; /* from the state FROZEN on; an empty origin: none */
	uint64_t witnessed;		  /* Unix time; 0: no witness is needed */
	bool first;			  /* nothing of this log was remembered */
	/* The newest release, from the time at which it is found. */
	char manifest[GTH_MANIFEST_MAX + 1];
	size_t manifest_len; /* 0: none */
	struct gth_manifest m;
	char *proof; /* a string, to be freed; NULL: none. Set in the states CURRENT and NEWER */
	struct gth_release_judgement judgement; /* of it; points into it */
};

int gth_follow(const struct gth_follow *f, struct gth_followed *r, enum gth_follow_state *state);
void gth_followed_free(struct gth_followed *r);
const char *gth_follow_word(enum gth_follow_state state);
const char *gth_follow_sentence(enum gth_follow_state state);

#endif /* GTH_LIB_RELEASE_FOLLOW_H */
