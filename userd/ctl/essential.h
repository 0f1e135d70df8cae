/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * essential.h - the files without which users can no longer log in to this machine: those of
 * gotthardctl, its ancestors and init, and those that a login, a service and a repair need first.
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
