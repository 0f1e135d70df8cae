/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sentence.h - an event as a sentence for people, with its priority and message id. */
#ifndef GTH_DAEMON_EVENTS_SENTENCE_H
#define GTH_DAEMON_EVENTS_SENTENCE_H

#include <linux/gotthard.h>

#define GTH_SENTENCE_SIZE 4096 /* bytes: a path of which each byte is shown as \xNN, and words */

struct gth_sentence {
	int priority;	/* syslog(3): LOG_WARNING ... */
	const char *id; /* MESSAGE_ID: 32 hexadecimal digits */
	char text[GTH_SENTENCE_SIZE];
};

void gth_sentence(struct gth_sentence *s, const struct gth_event *event);

#endif /* GTH_DAEMON_EVENTS_SENTENCE_H */
