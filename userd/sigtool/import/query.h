/* SPDX-License-Identifier: GPL-2.0-or-later */
/* query.h - another program, whose standard output is read. */
#ifndef SIGTOOL_IMPORT_QUERY_H
#define SIGTOOL_IMPORT_QUERY_H

#include <stddef.h>
#include <sys/types.h>

struct query {
	pid_t pid;
	int fd;
};

int query_start(struct query *q, const char *const *argv, int inherited);
ssize_t query_read(void *query, void *data, size_t size);
int query_end(struct query *q);

#endif /* SIGTOOL_IMPORT_QUERY_H */
