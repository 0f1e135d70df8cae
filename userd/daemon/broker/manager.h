/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manager.h - messages of the daemon's main process to the service manager, as by sd_notify(3).
 * That function may wait for the manager; nothing here waits, because the loop that answers the
 * module must not depend on the manager.
 */
#ifndef GTH_DAEMON_BROKER_MANAGER_H
#define GTH_DAEMON_BROKER_MANAGER_H

#include <stdbool.h>
#include <stdint.h>

void gth_manager_open(void);
uint64_t gth_manager_period(void);
__attribute__((format(printf, 1, 2))) void gth_manager_tell(const char *format, ...);
void gth_manager_status(const char *line);
void gth_manager_turn(uint64_t now, bool well);
void gth_manager_close(void);

#endif /* GTH_DAEMON_BROKER_MANAGER_H */
