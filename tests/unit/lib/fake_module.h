/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fake_module.h - the module as the daemon sees it at its start: it notes what it is told. */
#ifndef GTH_TEST_FAKE_MODULE_H
#define GTH_TEST_FAKE_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/broker/restore.h"

extern struct fake_module {
	char loaded[64], journal[1024]; /* content of the manifest; what was called, in order */
	char name[GTH_NAME_SIZE];
	int load_error;
	unsigned long long version; /* in force once it was loaded */
	bool before;		    /* and before already */
	struct gth_verdict held[4]; /* before */
	size_t n_held, room;	    /* how many verdicts may be written */
	unsigned int foreign;	    /* that are not root's */
	struct gth_floor in_force;  /* version 0: none */
} module;

extern const struct gth_restore_device device;
extern struct gth_restore result;

/* A module that has nothing is told what is in etc_dir.h's directory. */
void restore(int load_error);

/* The same for verdicts alone, with what the module has. */
void restore_verdicts(uint64_t now);

/* The module has nothing again, and so much room for verdicts. */
void forget_module(size_t room);

#endif /* GTH_TEST_FAKE_MODULE_H */
