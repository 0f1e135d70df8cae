/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filesystem.h - types of file systems, as /proc/filesystems and mountinfo name them. */
#ifndef GTH_DAEMON_FILESYSTEM_H
#define GTH_DAEMON_FILESYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

void gth_filesystem_of(int fd, dev_t dev, char *out, size_t size);
bool gth_filesystem_known(const char *name);

#endif /* GTH_DAEMON_FILESYSTEM_H */
