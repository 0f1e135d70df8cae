/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hex.h - bytes as hexadecimal digits and back. */
#ifndef GTH_LIB_UTIL_HEX_H
#define GTH_LIB_UTIL_HEX_H

#include <stddef.h>
#include <stdint.h>

size_t gth_hex_span(const char *text, size_t len);
int gth_hex_decode(uint8_t *out, size_t n, const char *text);
void gth_hex_encode(char *out, const uint8_t *in, size_t n);

#endif /* GTH_LIB_UTIL_HEX_H */
