/* SPDX-License-Identifier: GPL-2.0-or-later */
/* make_dir.h - a directory that is there after a power cut. */
#ifndef GTH_LIB_UTIL_MAKE_DIR_H
#define GTH_LIB_UTIL_MAKE_DIR_H

#include <sys/types.h>

int gth_make_dir(int at, const char *name, mode_t mode);

#endif /* GTH_LIB_UTIL_MAKE_DIR_H */
