// SPDX-License-Identifier: GPL-2.0-or-later
/* problem.c - the fault of a file, and its place (see problem.h). */
#include "sigtool/problem.h"

#include <stdarg.h>
#include <stdio.h>

#include "lib/util/say.h"

/* A fault without a place; the caller may add one. */
void problem_set(struct problem *p, const char *check, const char *format, ...)
{
	va_list args;

	*p = PROBLEM_NONE;
	p->check = check;
	va_start(args, format);
	vsnprintf(p->text, sizeof(p->text), format, args);
	va_end(args);
}

/**
 * problem_of_line() - the fault of a text of fixed lines
 * @p: filled in
 * @check: its word
 * @text: the text
 * @at: offset of what the parser refused
 * @expected: for each line what it should be; one more for the end of the text
 * @lines: how many
 */
void problem_of_line(struct problem *p, const char *check, const char *text, size_t at,
		     const char *const *expected, size_t lines)
{
	size_t line = 0;

	for (size_t i = 0; i < at; i++)
		line += text[i] == '\n';
	problem_set(p, check, "expected %s%s", expected[line < lines ? line : lines - 1],
		    line < lines - 1 ? ", then a line feed" : "");
	p->line = (long long)line + 1;
	p->offset = (long long)at;
}

/* One line as compilers write them: the file, the place, what is wrong. */
void problem_say(const char *file, const struct problem *p)
{
	if (p->line >= 0)
		gth_say("%s:%lld: %s", file, p->line, p->text);
	else if (p->record >= 0)
		gth_say("%s: byte %lld (record %lld): %s", file, p->offset, p->record, p->text);
	else if (p->offset >= 0)
		gth_say("%s: byte %lld: %s", file, p->offset, p->text);
	else
		gth_say("%s: %s", file, p->text);
}

static json_t *place(long long value)
{
	return value < 0 ? json_null() : json_integer(value);
}

/* null when there is none. */
json_t *problem_json(const struct problem *p)
{
	if (!p->check)
		return json_null();
	return json_pack("{s:s, s:s, s:o, s:o, s:o}", "check", p->check, "text", p->text, "line",
			 place(p->line), "record", place(p->record), "offset", place(p->offset));
}
