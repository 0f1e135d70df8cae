/* SPDX-License-Identifier: GPL-2.0-or-later */
/* root_dir.h - a directory in which only root, or the user of this process, can put anything. */
#ifndef GTH_LIB_UTIL_ROOT_DIR_H
#define GTH_LIB_UTIL_ROOT_DIR_H

int gth_root_dir_open(const char *path);
int gth_root_dir_make(const char *path);

#endif /* GTH_LIB_UTIL_ROOT_DIR_H */
