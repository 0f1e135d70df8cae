/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuse.h - a file system in user space with two programs, listed and plain, whose
 * server fails the module's own opens or reads as it is told, and nobody else's.
 *
 * The module opens with O_NOATIME, which tests do not use: that tells whose a
 * request is. The server opens nothing: its content is in memory. It takes an open
 * with O_TRUNC, and truncates nothing.
 */
#ifndef GTH_TEST_FUSE_H
#define GTH_TEST_FUSE_H

#include "gth.h"

/* In shared memory. */
struct gth_fuse {
	volatile int open_error, read_error; /* errnos for the module; 0: none */
	volatile int signal;		     /* sent to the task that waits for what fails */
	volatile unsigned int failed;	     /* how many did */
	volatile unsigned int truncations;   /* that the server was asked for */
	uint8_t image[2][GTH_PROGRAM_SIZE];
};

/* Mounted on a directory; kept where the parent of a test sees it. */
struct gth_fuse_mount {
	char dir[96];
	bool mounted;
	struct gth_file listed, plain; /* both exit with 7 */
};

struct gth_fuse *gth_fuse_mount(struct gth_fuse_mount *m, const struct gth_place *place);
void gth_fuse_unmount(struct gth_fuse_mount *m);

#endif /* GTH_TEST_FUSE_H */
