/* SPDX-License-Identifier: GPL-2.0-or-later */
/* say.h - one line to stderr. For programs; library code returns -Exxx. */
#ifndef GTH_LIB_UTIL_SAY_H
#define GTH_LIB_UTIL_SAY_H

void gth_say_never_wait(void);
void gth_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* GTH_LIB_UTIL_SAY_H */
