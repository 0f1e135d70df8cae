/* SPDX-License-Identifier: GPL-2.0-or-later */
/* utc.h - Unix time for people: 2026-11-24T03:44:00Z. */
#ifndef GTH_LIB_UTIL_UTC_H
#define GTH_LIB_UTIL_UTC_H

#define GTH_UTC_SIZE 40

void gth_utc_format(char out[GTH_UTC_SIZE], unsigned long long seconds);
int gth_utc_parse(const char *text, unsigned long long *seconds);

#endif /* GTH_LIB_UTIL_UTC_H */
