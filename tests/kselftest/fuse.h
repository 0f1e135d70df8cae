/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuse.h - a file system in user space with the programs listed, plain and slow, whose
 * server fails the module's own opens or reads as it is told, and those of no other
 * task.
 *
 * The module opens with O_NOATIME, which tests do not use: that tells whose a
 * request is. The server opens nothing: its content is in memory. It takes an open
 * with O_TRUNC, and truncates nothing. It answers no read of slow until it may; the
 * kernel holds the reader's buffer for as long.
 */
#ifndef GTH_TEST_FUSE_H
#define GTH_TEST_FUSE_H

#include <pthread.h>

#include "gth.h"

/* In shared memory. */
struct gth_fuse {
	volatile int open_error, read_error; /* errnos for the module; 0: none */
	volatile int signal;		     /* sent to the task that waits for what fails */
	volatile unsigned int failed;	     /* how many did */
	volatile unsigned int truncations;   /* that the server was asked for */
	volatile bool waiting;		     /* slow is being read */
	volatile bool go;		     /* and may be */
	uint8_t image[3][GTH_PROGRAM_SIZE];
};

/* Mounted on a directory; kept where the parent of a test sees it. */
struct gth_fuse_mount {
	char dir[96];
	bool mounted;
	struct gth_file listed, plain; /* both exit with 7 */
	struct gth_file slow;	       /* with 66 */
};

/* A page of a file that is changed when no task has the file open any more. */
struct gth_filling {
	int slow;
	void *at;
	ssize_t got;
	pthread_t thread;
};

struct gth_fuse *gth_fuse_mount(struct gth_fuse_mount *m, const struct gth_place *place);
void gth_fuse_unmount(struct gth_fuse_mount *m);
int gth_fuse_begin_filling(struct gth_filling *f, const char *path, int prot,
			   const struct gth_fuse_mount *m, struct gth_fuse *server);
int gth_fuse_end_filling(struct gth_filling *f, struct gth_fuse *server);

#endif /* GTH_TEST_FUSE_H */
