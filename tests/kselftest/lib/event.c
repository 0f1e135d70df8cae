// SPDX-License-Identifier: GPL-2.0-or-later
/* event.c - the lines that the daemon wrote (see gth.h). */
#include "gth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static off_t length(void)
{
	struct stat st;

	return stat(GTH_EVENTS, &st) ? 0 : st.st_size;
}

struct search {
	off_t from, to;
	const char *const *needles;
	unsigned int found;
	char *last;
	size_t size;
};

static bool matches(const char *line, const char *const *needles)
{
	for (; *needles; needles++)
		if (!strstr(line, *needles))
			return false;
	return true;
}

static void scan(struct search *s)
{
	FILE *f = fopen(GTH_EVENTS, "re");
	off_t at = s->from;
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	s->found = 0;
	if (!f)
		return;
	if (!fseeko(f, s->from, SEEK_SET)) {
		while (at < s->to && (n = getline(&line, &room, f)) > 0) {
			at += n;
			if (line[n - 1] != '\n' || !matches(line, s->needles))
				continue;
			line[n - 1] = '\0';
			s->found++;
			if (s->last)
				snprintf(s->last, s->size, "%s", line);
		}
	}
	free(line);
	fclose(f);
}

static bool appeared(void *arg)
{
	struct search *s = arg;

	s->to = length();
	scan(s);
	return s->found;
}

/*
 * Events keep their order, so all before a change of a knob are in the file when
 * that change is. hold_timeout_ms serves: no test judges by it.
 */
off_t gth_events_fence(void)
{
	static unsigned int turn;
	char old[64], value[32], needle[96];
	const char *needles[] = { "\"knob\":\"policy/hold_timeout_ms\"", needle, NULL };
	struct search s = { .from = length(), .needles = needles };

	snprintf(old, sizeof(old), "%s", gth_get("hold_timeout_ms"));
	snprintf(value, sizeof(value), "%u",
		 10000 + ((unsigned int)getpid() * 64 + turn++) % 20000);
	if (!strcmp(old, value))
		snprintf(value, sizeof(value), "9999");
	snprintf(needle, sizeof(needle), "\"new\":\"%s\"", value);
	if (gth_set("hold_timeout_ms", value) || !gth_wait_until(appeared, &s))
		return -1;
	s.from = s.to;
	snprintf(needle, sizeof(needle), "\"new\":\"%s\"", old);
	if (gth_set("hold_timeout_ms", old) || !gth_wait_until(appeared, &s))
		return -1;
	return s.to;
}

/* gth_events_count() - lines between two fences that hold every needle; last: the last one */
unsigned int gth_events_count(off_t from, off_t to, const char *const *needles, char *last,
			      size_t size)
{
	struct search s = {
		.from = from, .to = to, .needles = needles, .last = last, .size = size
	};

	if (last)
		last[0] = '\0';
	scan(&s);
	return s.found;
}
