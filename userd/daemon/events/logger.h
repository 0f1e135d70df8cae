/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * logger.h - a thread that writes the events, so that a full disk or a slow reader
 * never holds up a verdict: who waits is answered before it is logged.
 */
#ifndef GTH_DAEMON_LOGGER_H
#define GTH_DAEMON_LOGGER_H

int gth_logger_start(void);
int gth_logger_stop(void);

#endif /* GTH_DAEMON_LOGGER_H */
