/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * logger.h - a thread that writes the events, so that a full disk or a slow reader never delays a
 * verdict: the waiting task is answered before its event is written.
 */
#ifndef GTH_DAEMON_EVENTS_LOGGER_H
#define GTH_DAEMON_EVENTS_LOGGER_H

int gth_logger_start(void);
int gth_logger_stop(void);

#endif /* GTH_DAEMON_EVENTS_LOGGER_H */
