/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output.h - where events are written: the systemd journal, if standard output is its
 * stream, else lines of JSON to standard output or a file.
 */
#ifndef GTH_DAEMON_EVENTS_OUTPUT_H
#define GTH_DAEMON_EVENTS_OUTPUT_H

#include <stdbool.h>

#include <linux/gotthard.h>

int gth_output_open(const char *path);
void gth_output_close(void);
void gth_output_reopen(void);
bool gth_output_follow(void);
int gth_output_event(const struct gth_event *event, const volatile bool *stop);

#endif /* GTH_DAEMON_EVENTS_OUTPUT_H */
