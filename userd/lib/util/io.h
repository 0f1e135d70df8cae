/* SPDX-License-Identifier: GPL-2.0-or-later */
/* io.h - read(2) and write(2) that finish what they began, and a write that waits for no reader. */
#ifndef GTH_LIB_UTIL_IO_H
#define GTH_LIB_UTIL_IO_H

#include <stddef.h>
#include <sys/types.h>

int gth_write_all(int fd, const void *data, size_t len);
ssize_t gth_write_now(int fd, const void *data, size_t len);
ssize_t gth_read_full(int fd, void *data, size_t len);
ssize_t gth_pread_full(int fd, void *data, size_t len, off_t offset);

#endif /* GTH_LIB_UTIL_IO_H */
