/* SPDX-License-Identifier: GPL-2.0-or-later */
/* number.h - decimal numbers from text, without strtoull()'s generosity. */
#ifndef GTH_LIB_UTIL_NUMBER_H
#define GTH_LIB_UTIL_NUMBER_H

int gth_number_parse(const char *text, unsigned long long max, unsigned long long *value);

#endif /* GTH_LIB_UTIL_NUMBER_H */
