/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listener.h - a fanotify permission listener, as other scanners are. */
#ifndef GTH_TEST_LISTENER_H
#define GTH_TEST_LISTENER_H

#include "gth.h"

struct gth_habits {
	unsigned int delay_us; /* it thinks about each event that long */
	bool opens;	       /* it opens what it is asked about, by name, and reads it */
	bool reads_too;	       /* it wants to be asked about reads as well */
	const char *refuses;   /* it denies what has this in its path; NULL: nothing */
	unsigned int dies;     /* after so many events, with all that is not answered; 0: never */
};

struct gth_listener {
	pid_t pid;
	int fd;
	struct gth_habits habits;
	unsigned int events, refused, answered;
	unsigned int unread; /* events that it was not told, for it may not open the file */
	bool broken;	     /* something else went wrong */
};

struct gth_listener *gth_listen(const struct gth_habits *habits);
void gth_listen_end(struct gth_listener *l);

#endif /* GTH_TEST_LISTENER_H */
