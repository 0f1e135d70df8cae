/* SPDX-License-Identifier: GPL-2.0-or-later */
/* utf8.h - letters of UTF-8 in bytes that may hold anything, such as a file's name. */
#ifndef GTH_LIB_UTIL_UTF8_H
#define GTH_LIB_UTIL_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define GTH_UTF8_REPLACEMENT_SIZE 3 /* bytes of U+FFFD */

size_t gth_utf8_next(const char *bytes, size_t len, uint32_t *letter);
size_t gth_utf8_clean(char *out, const char *bytes, size_t len);

#endif /* GTH_LIB_UTIL_UTF8_H */
