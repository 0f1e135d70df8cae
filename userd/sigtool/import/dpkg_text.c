// SPDX-License-Identifier: GPL-2.0-or-later
/* dpkg_text.c - the texts of dpkg's database (see dpkg_text.h). */
#include "sigtool/import/dpkg_text.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "lib/util/hex.h"

#define HEX (2 * DPKG_MD5_SIZE)

void dpkg_package_init(struct dpkg_package *p)
{
	p->open = p->conffiles = p->installed = p->same = false;
	p->line = p->conffile_line = 0;
	p->name[0] = p->arch[0] = '\0';
	p->why = NULL;
	p->len = 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void trim(const char **at, size_t *len)
{
	while (*len && is_blank(**at)) {
		++*at;
		--*len;
	}
	while (*len && is_blank((*at)[*len - 1]))
		--*len;
}

static bool is_word(const char *at, size_t len, const char *word)
{
	return len == strlen(word) && !strncasecmp(at, word, len);
}

/* The name goes into the name of a file: dpkg allows letters, digits and + - . in it. */
static bool copy_name(char out[DPKG_NAME_MAX + 1], const char *at, size_t len)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789+-.";

	if (!len || len > DPKG_NAME_MAX || *at == '.')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!at[i] || !strchr(allowed, at[i]))
			return false;
	memcpy(out, at, len);
	out[len] = '\0';
	return true;
}

/* "WANT FLAG STATE": from unpacked on, all files are there. */
static bool is_installed(const char *at, size_t len)
{
	static const char *const states[] = { "installed", "triggers-awaited", "triggers-pending",
					      "half-configured", "unpacked" };
	const char *flag = memchr(at, ' ', len), *state;

	if (!flag)
		return false;
	flag++;
	state = memchr(flag, ' ', len - (size_t)(flag - at));
	if (!state || !is_word(flag, (size_t)(state - flag), "ok"))
		return false;
	state++;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (is_word(state, len - (size_t)(state - at), states[i]))
			return true;
	return false;
}

static void take_field(struct dpkg_package *p, const char *line, size_t len, u64 number)
{
	const char *colon = memchr(line, ':', len), *value;
	size_t name, n;

	p->conffiles = false;
	if (!colon) {
		p->why = "a record of status with a line that is not a field";
		return;
	}
	name = (size_t)(colon - line);
	value = colon + 1;
	n = len - name - 1;
	trim(&value, &n);
	if (is_word(line, name, "Package") && !copy_name(p->name, value, n))
		p->why = "a record of status with a name that dpkg does not allow";
	else if (is_word(line, name, "Architecture") && !copy_name(p->arch, value, n))
		p->why = "a record of status with an architecture that dpkg does not allow";
	else if (is_word(line, name, "Multi-Arch"))
		p->same = is_word(value, n, "same");
	else if (is_word(line, name, "Status"))
		p->installed = is_installed(value, n);
	else if (is_word(line, name, "Conffiles")) {
		p->conffiles = true;
		p->conffile_line = number + 1;
		p->len = 0;
	}
}

static void take_conffile(struct dpkg_package *p, const char *line, size_t len)
{
	if (p->len + len + 1 > sizeof(p->text)) {
		p->why = "a record of status with more than 1 MiB of conffiles";
		return;
	}
	memcpy(p->text + p->len, line, len);
	p->len += len;
	p->text[p->len++] = '\n';
}

/**
 * dpkg_package_line() - take one more line of status
 * @p: a record that was begun by dpkg_package_init() and is not whole
 * @line: untrusted bytes without a line end
 * @len: how many
 * @number: of the line
 *
 * Return: whether the record ends with this line. At the end of the file one that is open ends too.
 */
bool dpkg_package_line(struct dpkg_package *p, const char *line, size_t len, u64 number)
{
	const char *at = line;
	size_t n = len;

	trim(&at, &n);
	if (!n)
		return p->open;
	if (!p->open)
		p->line = number;
	p->open = true;
	if (!is_blank(*line))
		take_field(p, line, len, number);
	else if (p->conffiles)
		take_conffile(p, line, len);
	return false;
}

/**
 * dpkg_sum_line() - parse a line of PACKAGE.md5sums
 * @line: untrusted bytes without a line end
 * @len: how many
 * @s: filled in
 * @why: set after -EINVAL
 *
 * Return: 0, or -EINVAL.
 */
int dpkg_sum_line(const char *line, size_t len, struct dpkg_sum *s, const char **why)
{
	*why = "expected an MD5 of 32 hexadecimal digits, two blanks and a path";
	if (len <= HEX + 2 || gth_hex_span(line, len) != HEX || line[HEX] != ' ' ||
	    (line[HEX + 1] != ' ' && line[HEX + 1] != '*') || memchr(line, '\0', len) ||
	    gth_hex_decode(s->md5, DPKG_MD5_SIZE, line))
		return -EINVAL;
	s->path = line + HEX + 2;
	s->len = len - HEX - 2;
	return 0;
}

/* The last word of a text, which is cut off with the blanks before it. */
static const char *last_word(const char *at, size_t *len, size_t *n)
{
	size_t end = *len, start;

	while (end && is_blank(at[end - 1]))
		end--;
	start = end;
	while (start && !is_blank(at[start - 1]))
		start--;
	*n = end - start;
	*len = start;
	while (*len && is_blank(at[*len - 1]))
		--*len;
	return at + start;
}

/**
 * dpkg_conffile_line() - parse a line of the field Conffiles: a path, an MD5, and flags
 *
 * As dpkg does, from the end: a path may have blanks.
 *
 * Return: 0; 1: dpkg has not noted a sum of it; or -EINVAL, and @why is set.
 */
int dpkg_conffile_line(const char *line, size_t len, struct dpkg_sum *s, const char **why)
{
	const char *word;
	size_t n;

	*why = "expected a path and an MD5 of 32 hexadecimal digits";
	if (memchr(line, '\0', len))
		return -EINVAL;
	trim(&line, &len);
	do {
		word = last_word(line, &len, &n);
	} while (is_word(word, n, "obsolete") || is_word(word, n, "remove-on-upgrade"));
	if (len && *line == '/' && is_word(word, n, "newconffile"))
		return 1;
	if (!len || *line != '/' || n != HEX || gth_hex_decode(s->md5, DPKG_MD5_SIZE, word))
		return -EINVAL;
	s->path = line;
	s->len = len;
	return 0;
}
