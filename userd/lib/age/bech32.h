/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bech32.h - 32 bytes as text with a prefix and a checksum (BIP 173, without its limit of 90). */
#ifndef GTH_LIB_AGE_BECH32_H
#define GTH_LIB_AGE_BECH32_H

#include <stddef.h>
#include <stdint.h>

#define GTH_BECH32_BYTES 32
#define GTH_BECH32_TAIL (1 + 52 + 6) /* "1", the bytes and the checksum, without a NUL */

void gth_bech32_encode(char *text, const char *prefix, const uint8_t bytes[GTH_BECH32_BYTES]);
int gth_bech32_decode(uint8_t bytes[GTH_BECH32_BYTES], const char *prefix, const char *text);

#endif /* GTH_LIB_AGE_BECH32_H */
