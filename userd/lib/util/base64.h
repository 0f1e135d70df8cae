/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base64.h - RFC 4648 base64 with padding, in its one canonical form. */
#ifndef GTH_LIB_UTIL_BASE64_H
#define GTH_LIB_UTIL_BASE64_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define GTH_BASE64_LEN(n) (((n) + 2) / 3 * 4)

void gth_base64_encode(char *out, const uint8_t *in, size_t n);
ssize_t gth_base64_size(const char *text, size_t len);
int gth_base64_decode(uint8_t *out, size_t n, const char *text, size_t len);

#endif /* GTH_LIB_UTIL_BASE64_H */
