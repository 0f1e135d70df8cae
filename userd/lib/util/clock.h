/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock.h - the three clocks: the time, and two that measure how long something takes. */
#ifndef GTH_LIB_UTIL_CLOCK_H
#define GTH_LIB_UTIL_CLOCK_H

#include <stdint.h>

uint64_t gth_now(void);		 /* Unix time; it can be set */
uint64_t gth_monotonic_ms(void); /* cannot be set; it stands still while the machine sleeps */
uint64_t gth_boot_ms(void);	 /* cannot be set; since the boot, sleep included */

#endif /* GTH_LIB_UTIL_CLOCK_H */
