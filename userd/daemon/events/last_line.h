/* SPDX-License-Identifier: GPL-2.0-or-later */
/* last_line.h - the end of a file of lines, which a crash may have torn. */
#ifndef GTH_DAEMON_EVENTS_LAST_LINE_H
#define GTH_DAEMON_EVENTS_LAST_LINE_H

void gth_last_line_mend(int fd, const char *path);

#endif /* GTH_DAEMON_EVENTS_LAST_LINE_H */
