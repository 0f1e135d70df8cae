/* SPDX-License-Identifier: GPL-2.0-or-later */
/* age_base64.h - base64 as in an age header: canonical, without padding (RFC 4648, section 4). */
#ifndef GTH_LIB_AGE_AGE_BASE64_H
#define GTH_LIB_AGE_AGE_BASE64_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Characters for @n bytes. */
#define GTH_AGE_BASE64_LEN(n) (((n)*4 + 2) / 3)

void gth_age_base64_encode(char *text, const uint8_t *bytes, size_t n);
ssize_t gth_age_base64_decode(uint8_t *bytes, const char *text, size_t len);

#endif /* GTH_LIB_AGE_AGE_BASE64_H */
