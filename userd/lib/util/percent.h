/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * percent.h - any bytes as printable ASCII without spaces, in one way only:
 * A-Z a-z 0-9 - . _ ~ / stand for themselves, every other byte is % and two
 * digits 0-9A-F. Nothing at all is "none", and the word none is "%6Eone".
 */
#ifndef GTH_LIB_UTIL_PERCENT_H
#define GTH_LIB_UTIL_PERCENT_H

#include <stddef.h>

size_t gth_percent_encode(char *out, const char *bytes);
int gth_percent_decode(char *out, size_t size, const char *text, size_t len);

#endif /* GTH_LIB_UTIL_PERCENT_H */
