/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * essential.h - the files without which nobody gets into this machine any more: what runs
 * gotthardctl, its ancestors and init, and what a login, a service and a repair begin with.
 */
#ifndef GTH_CTL_ESSENTIAL_H
#define GTH_CTL_ESSENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum essential_kind {
	ESSENTIAL_PROGRAM, /* opened, executed, mapped as code */
	ESSENTIAL_LIBRARY, /* opened, mapped as code */
	ESSENTIAL_DATA,	   /* opened */
};

struct essential {
	char *path;
	int fd; /* O_PATH */
	enum essential_kind kind;
};

struct essentials {
	struct essential *file;
	size_t n;
};

int essential_collect(struct essentials *all);
void essential_free(struct essentials *all);

#endif /* GTH_CTL_ESSENTIAL_H */
