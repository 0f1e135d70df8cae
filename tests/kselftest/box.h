/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * box.h - sandboxes, and what a task in one gets of files that are not at hand.
 *
 * A sandbox is data: how a child enters it, and what it denies by itself. It must
 * not make the judge blind for files that it does not deny: listed content is
 * denied, and everything else is allowed as it is outside.
 */
#ifndef GTH_TEST_BOX_H
#define GTH_TEST_BOX_H

#include "gth.h"

/* Executed by its path; mapped through a descriptor from before. */
enum gth_box_deed { GTH_BOX_OPEN, GTH_BOX_EXEC, GTH_BOX_MAP, GTH_BOX_DEEDS };

/* A task that enters. */
struct gth_boxed {
	const struct gth_box *box;
	char path[128]; /* of the file that it will ask for; may be changed */
};

struct gth_box {
	const char *name;
	int (*enter)(struct gth_boxed *b); /* in the child: 0 or -errno */
	int (*attend)(pid_t child);	   /* in the parent, before the child enters; or NULL */
	int clean[GTH_BOX_DEEDS];	   /* what comes of a file that is allowed */
	gth_u64 n, m;			   /* for enter() */
};

/* One file for each deed, so that none is judged before its turn. Each exits with 7. */
struct gth_box_files {
	struct gth_file listed[GTH_BOX_DEEDS], plain[GTH_BOX_DEEDS], trusted[GTH_BOX_DEEDS];
	bool resident; /* a tmpfs: cannot be evicted */
};

int gth_box_make(struct gth_box_files *f, const struct gth_place *place, mode_t mode, size_t size);
unsigned int gth_box_check(const struct gth_box *box, const struct gth_box_files *f);

/* Landlock: n is the ABI version, m one of these. */
enum gth_landlock {
	GTH_LANDLOCK_EXECUTE, /* EXECUTE and READ_FILE are handled, EXECUTE is granted */
	GTH_LANDLOCK_ALL,     /* all that the version knows is handled, EXECUTE is granted */
	GTH_LANDLOCK_READ,    /* READ_FILE is granted, too */
	GTH_LANDLOCK_NESTED,  /* READ, within it ALL, within it EXECUTE */
};

int gth_landlock_abi(void); /* the newest; -errno: there is no Landlock */
int gth_enter_landlock(struct gth_boxed *b);

/* Others. */
int gth_enter_as_user(struct gth_boxed *b);
int gth_enter_limit(struct gth_boxed *b); /* as a user; n: the resource, m: the limit */
int gth_enter_full_table(struct gth_boxed *b);
int gth_enter_last_file(struct gth_boxed *b); /* as a user; fs.file-max is for others to restore */
int gth_enter_seccomp(struct gth_boxed *b);   /* opening and reading kill */
int gth_enter_without_capabilities(struct gth_boxed *b);
int gth_enter_idle(struct gth_boxed *b);
int gth_enter_traceme(struct gth_boxed *b);
int gth_enter_seized(struct gth_boxed *b);
int gth_attend_seize(pid_t child);
int gth_enter_cgroup(struct gth_boxed *b);
int gth_enter_profile(struct gth_boxed *b); /* AppArmor's, called as the sandbox is */

#define GTH_FILE_MAX "/proc/sys/fs/file-max"
#define GTH_BOX_CGROUP "/sys/fs/cgroup/gth-box"

#endif /* GTH_TEST_BOX_H */
