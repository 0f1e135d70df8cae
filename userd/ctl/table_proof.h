/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table_proof.h - where this machine has a policy (/etc/gotthard/tables.policy), a release is
 * loaded only if its proof holds by it, or root insists and says why.
 */
#ifndef GTH_CTL_TABLE_PROOF_H
#define GTH_CTL_TABLE_PROOF_H

#include <stdbool.h>

#include "lib/host/table_dir.h"
#include "lib/release/history.h"

struct ctl_proof {
	bool without;	 /* the user insists: nothing is checked */
	bool back;	 /* an older checkpoint than the one remembered is meant */
	const char *log; /* directory of the files of the log; NULL: there is none */
};

struct gth_policy;
struct gth_release_judgement;

int ctl_proof_policy(struct gth_policy *p);
int ctl_proof_say_memory(int err, const char *origin);
int ctl_proof_memory(const char *text, size_t len);
void ctl_proof_warn_expired(const char *what, uint64_t expires);
void ctl_proof_record(const struct gth_policy *p, const struct gth_release_judgement *j,
		      struct gth_history_act *act);
int ctl_proof_check(const char *what, struct gth_table_files *files, const struct ctl_proof *o,
		    struct gth_history_act *act);

#endif /* GTH_CTL_TABLE_PROOF_H */
