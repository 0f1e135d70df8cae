/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy.h - which checkpoints are believed: C2SP tlog-policy. A file of lines that name logs,
 * witnesses, groups of witnesses, and the one that must have cosigned.
 *
 *	log VKEY [URL]
 *	witness NAME VKEY [URL]
 *	group NAME all|any|NUMBER NAME...
 *	quorum NAME|none
 *
 * One more line is Gotthard's own, and means nothing to a checkpoint: may a release be loaded after
 * it has expired?
 *
 *	expired refuse|warn
 */
#ifndef GTH_LIB_LOG_POLICY_H
#define GTH_LIB_LOG_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/log/cosign.h"
#include "lib/log/tlog.h"

#define GTH_POLICY_MAX (64 << 10) /* bytes of the file */
#define GTH_POLICY_LOGS 32
#define GTH_POLICY_WITNESSES 32
#define GTH_POLICY_GROUPS 32
#define GTH_POLICY_NAME_SIZE 128 /* with its NUL */
#define GTH_POLICY_URL_SIZE 256	 /* with its NUL */

/* A witness or a group: the number of a witness, or GTH_POLICY_WITNESSES and that of a group. */
typedef int gth_policy_member;
#define GTH_POLICY_NONE (-1) /* the quorum that no witness is needed for */

struct gth_policy_group {
	char name[GTH_POLICY_NAME_SIZE];
	unsigned int least; /* members that must have cosigned */
	uint64_t members;   /* a bit for each gth_policy_member */
};

struct gth_policy {
	unsigned int logs, witnesses, groups;
	struct gth_verifier log[GTH_POLICY_LOGS];
	char log_url[GTH_POLICY_LOGS][GTH_POLICY_URL_SIZE]; /* empty: none */
	struct gth_witness witness[GTH_POLICY_WITNESSES];
	char witness_name[GTH_POLICY_WITNESSES][GTH_POLICY_NAME_SIZE];
	char witness_url[GTH_POLICY_WITNESSES][GTH_POLICY_URL_SIZE];
	struct gth_policy_group group[GTH_POLICY_GROUPS];
	gth_policy_member quorum;
	bool expired_warns; /* an expired release is loaded with a warning */
};

/* The first line that is wrong. */
struct gth_policy_fault {
	unsigned int line; /* from 1 on; 0: the file as a whole */
	const char *why;
};

int gth_policy_parse(struct gth_policy *p, const char *text, size_t len,
		     struct gth_policy_fault *fault);

bool gth_quorum_met(const struct gth_policy *p, const uint64_t *times, uint64_t oldest,
		    uint64_t newest);
uint64_t gth_quorum_time(const struct gth_policy *p, const uint64_t *times, uint64_t newest);

int gth_policy_judge(const struct gth_policy *p, const char *note, size_t len, uint64_t oldest,
		     uint64_t newest, struct gth_checkpoint *c, uint64_t *time);

#endif /* GTH_LIB_LOG_POLICY_H */
