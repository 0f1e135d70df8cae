/* SPDX-License-Identifier: GPL-2.0-or-later */
/* problem.h - the fault of a file, and its place. */
#ifndef SIGTOOL_PROBLEM_H
#define SIGTOOL_PROBLEM_H

#include <jansson.h>
#include <stddef.h>

/* -1: no such place. */
struct problem {
	const char *check; /* one word: manifest, size, order, ...; NULL: there is no fault */
	char text[320];
	long long line;	  /* of a text, from 1 */
	long long record; /* of a body or a delta, from 0 */
	long long offset; /* in bytes */
};

#define PROBLEM_NONE ((struct problem) { .line = -1, .record = -1, .offset = -1 })

__attribute__((format(printf, 3, 4))) void problem_set(struct problem *p, const char *check,
						       const char *format, ...);
void problem_of_line(struct problem *p, const char *check, const char *text, size_t at,
		     const char *const *expected, size_t lines);
void problem_say(const char *file, const struct problem *p);
json_t *problem_json(const struct problem *p);

#endif /* SIGTOOL_PROBLEM_H */
