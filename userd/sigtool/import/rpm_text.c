// SPDX-License-Identifier: GPL-2.0-or-later
/* rpm_text.c - what rpm(8) prints of its database (see rpm_text.h). */
#include "sigtool/import/rpm_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/util/hex.h"

static const struct {
	const char *number; /* as rpm prints it */
	enum rpm_algorithm algorithm;
	size_t size;
} algorithms[] = {
	{ "(none)", RPM_MD5, 16 }, { "0", RPM_MD5, 16 },     { "1", RPM_MD5, 16 },
	{ "2", RPM_SHA1, 20 },	   { "8", RPM_SHA256, 32 },  { "9", RPM_SHA384, 48 },
	{ "10", RPM_SHA512, 64 },  { "11", RPM_SHA224, 28 },
};

struct cell {
	const char *at;
	size_t len;
};

static bool is(const struct cell *c, const char *text)
{
	return c->len == strlen(text) && !memcmp(c->at, text, c->len);
}

/* Up to the next tab, which is passed over. Return: false: there is none. */
static bool next_cell(const char **at, const char *end, struct cell *c)
{
	const char *tab = memchr(*at, '\t', (size_t)(end - *at));

	if (!tab)
		return false;
	*c = (struct cell) { *at, (size_t)(tab - *at) };
	*at = tab + 1;
	return true;
}

static enum rpm_kind malformed(struct rpm_file *f, const char *why)
{
	f->why = why;
	return RPM_MALFORMED;
}

static enum rpm_kind parse_package(struct rpm_package *p, const char *at, const char *end,
				   struct rpm_file *f)
{
	struct cell number;

	if (!next_cell(&at, end, &number) || at == end)
		return malformed(f, "expected a package's algorithm and its name");
	snprintf(p->name, sizeof(p->name), "%.*s", (int)(end - at), at);
	p->size = 0;
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
		if (is(&number, algorithms[i].number)) {
			p->algorithm = algorithms[i].algorithm;
			p->size = algorithms[i].size;
		}
	}
	return RPM_PACKAGE;
}

/* States as rpm numbers them (rpmfileState). */
static const char *why_elsewhere(const struct cell *state)
{
	if (is(state, "1"))
		return "a file in whose place is one of another package";
	if (is(state, "2") || is(state, "3"))
		return "a file that rpm did not install";
	if (is(state, "4"))
		return "a file in whose place is one of another architecture";
	return NULL;
}

static enum rpm_kind parse_file(const struct rpm_package *p, const char *at, const char *end,
				struct rpm_file *f)
{
	struct cell sum, state;

	if (!next_cell(&at, end, &sum) || !next_cell(&at, end, &state) || at == end || *at != '/')
		return malformed(f, "expected a sum, a state and a path");
	if (!sum.len || is(&sum, "(none)"))
		return RPM_NOTHING;
	f->path = at;
	f->len = (size_t)(end - at);
	if (!p->size)
		return malformed(f, "a sum by an algorithm that is not known");
	if (sum.len != 2 * p->size || gth_hex_decode(f->sum, p->size, sum.at))
		return malformed(f, "a sum that is not as long as its algorithm makes it");
	f->why = why_elsewhere(&state);
	return f->why ? RPM_ELSEWHERE : RPM_FILE;
}

/**
 * rpm_parse() - parse one line
 * @p: zeros at the beginning; set by the line of a package
 * @line: untrusted bytes without a line end
 * @len: how many
 * @f: filled in
 *
 * A line feed in a name makes two lines of one. The second one can name any file, but so can the
 * database itself.
 *
 * Return: what it is. The path is NULL where there is none.
 */
enum rpm_kind rpm_parse(struct rpm_package *p, const char *line, size_t len, struct rpm_file *f)
{
	const struct cell whole = { line, len };
	const char *at = line, *end = line + len;
	struct cell word = { 0 };

	*f = (struct rpm_file) { .path = NULL };
	if (!len || is(&whole, "(none)"))
		return RPM_NOTHING;
	if (memchr(line, '\0', len))
		return malformed(f, "a NUL byte");
	if (next_cell(&at, end, &word) && is(&word, "package"))
		return parse_package(p, at, end, f);
	if (at > line && is(&word, "file"))
		return parse_file(p, at, end, f);
	return malformed(f, "expected the line of a package or of a file");
}
