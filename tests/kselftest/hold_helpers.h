/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hold_helpers.h - tasks that wait for a verdict, and who gives it. */
#ifndef GTH_TEST_HOLD_HELPERS_H
#define GTH_TEST_HOLD_HELPERS_H

#include "gth.h"

int gth_serve(void);
int gth_next_request(int server, struct gth_request *r, int ms);
pid_t gth_hold_fork(void);
pid_t gth_hold_start(const char *path, bool exec);
int gth_hold_ended(pid_t pid, int ms);

#endif /* GTH_TEST_HOLD_HELPERS_H */
