/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * standard.h - the standard descriptors of a program: there from the start, and what
 * was printed has arrived in the end.
 */
#ifndef GTH_LIB_UTIL_STANDARD_H
#define GTH_LIB_UTIL_STANDARD_H

int gth_standard_open(void);
int gth_standard_watch(int status);

#endif /* GTH_LIB_UTIL_STANDARD_H */
