/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scratch.h - a file without a name, removed when its descriptor is closed. */
#ifndef GTH_LIB_UTIL_SCRATCH_H
#define GTH_LIB_UTIL_SCRATCH_H

int gth_scratch(int dirfd);

#endif /* GTH_LIB_UTIL_SCRATCH_H */
