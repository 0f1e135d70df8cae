/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch.h - the hooks stay as they are while the daemon runs: a hook that is
 * detached, or whose pin is removed, is put back, unless `gotthardd --unload`
 * has asked.
 */
#ifndef GTH_DAEMON_BROKER_WATCH_H
#define GTH_DAEMON_BROKER_WATCH_H

#include "daemon/broker/broker.h"

const int *gth_watch_open(int device);
enum gth_watch_result gth_watch_step(void);
void gth_watch_close(void);

#endif /* GTH_DAEMON_BROKER_WATCH_H */
