/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ctl.h - gotthardctl's commands, and what they share. */
#ifndef GTH_CTL_H
#define GTH_CTL_H

#include <argp.h>
#include <stdbool.h>

#include "lib/util/program.h"

/* Documented in gotthardctl(8). */
enum ctl_exit {
	CTL_OK,		    /* done; explain: would be allowed */
	CTL_FAILED,	    /* explain: would be denied */
	CTL_NOT_LOADED = 3, /* the module is not there, or may not be asked */
	CTL_UNPROVED,	    /* table: the release is not proved by the policy */
	CTL_USAGE = GTH_EXIT_USAGE,
};

int ctl_status(int argc, char **argv);
int ctl_policy(int argc, char **argv);
int ctl_table(int argc, char **argv);
int ctl_explain(int argc, char **argv);
int ctl_verdict(int argc, char **argv);
int ctl_stats(int argc, char **argv);
int ctl_submissions(int argc, char **argv);
int ctl_statistics(int argc, char **argv);
int ctl_egress(int argc, char **argv);

/* A table or verdict that lists the empty file as bad is refused without it. */
#define CTL_KEY_EMPTY 256
#define CTL_EMPTY_OPTION                                                                           \
	{                                                                                          \
		"allow-empty", CTL_KEY_EMPTY, NULL, 0,                                             \
			"take the digest of the empty file as malicious or suspicious", 0          \
	}

int ctl_open_device(void);
int ctl_need_module(void);

#endif /* GTH_CTL_H */
