/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prefix.h - a SHA-256 by its first digits, as lists show it. */
#ifndef GTH_LIB_UTIL_PREFIX_H
#define GTH_LIB_UTIL_PREFIX_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/gotthard.h>

#define GTH_PREFIX_MIN 8 /* digits that name a digest */

bool gth_prefix_parse(char prefix[65], const char *name);
bool gth_prefix_of(const char *prefix, const uint8_t digest[GTH_DIGEST_SIZE]);

#endif /* GTH_LIB_UTIL_PREFIX_H */
