/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schedule.h - the work that is due next. */
#ifndef GTH_DAEMON_STORE_SCHEDULE_H
#define GTH_DAEMON_STORE_SCHEDULE_H

struct gth_store;

void gth_schedule_run(struct gth_store *s);

#endif /* GTH_DAEMON_STORE_SCHEDULE_H */
