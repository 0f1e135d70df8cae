// SPDX-License-Identifier: GPL-2.0-or-later
/* list.c - one line of a list of digests (see list.h). */
#include "sigtool/list.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/util/hex.h"

#define SHA256_DIGITS 64
#define SHA1_DIGITS 40
#define MD5_DIGITS 32

/* Text after one would be lost in a name or a comment: a whole list, if all lines end so. */
const char list_lone_cr[] = "expected lines that end with LF or CR LF; there is a CR without LF";

const char *const list_format_name[LIST_FORMAT_MAX] = { "auto", "sha256sum", "hdb", "hsb" };
const char *const list_kind_name[LIST_KIND_MAX] = { "none", "sha256", "sha1", "md5" };

static bool is_blank(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (line[i] != ' ' && line[i] != '\t')
			return false;
	return true;
}

static bool is_nothing(const char *line, size_t len)
{
	return is_blank(line, len) || line[0] == '#';
}

/* In a line that begins with a backslash a name has no backslash but these. */
static bool is_escaped(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (name[i] != '\\')
			continue;
		if (++i == len || !strchr("\\nr", name[i]))
			return false;
	}
	return true;
}

/* SHA256 (NAME) = DIGEST; NAME may hold anything, so the digest is found from the end. */
static const char *parse_bsd(const char *line, size_t len, bool escaped, u8 digest[GTH_DIGEST_SIZE])
{
	static const char head[] = "SHA256 (", middle[] = ") = ";
	const size_t rest = sizeof(middle) - 1 + SHA256_DIGITS;
	const char *name = line + sizeof(head) - 1, *tail = NULL;

	if (len > sizeof(head) - 1 + rest)
		tail = line + len - rest;
	if (!tail || memcmp(tail, middle, sizeof(middle) - 1) != 0 ||
	    gth_hex_decode(digest, GTH_DIGEST_SIZE, tail + sizeof(middle) - 1))
		return "expected `SHA256 (NAME) = ' and 64 hexadecimal digits";
	if (escaped && !is_escaped(name, (size_t)(tail - name)))
		return "expected \\\\, \\n or \\r after a backslash in an escaped name";
	return NULL;
}

static const char *parse_sha256sum(const char *line, size_t len, struct list_entry *entry)
{
	bool escaped = line[0] == '\\';
	size_t digits;

	entry->kind = LIST_SHA256;
	line += escaped;
	len -= escaped;
	if (len >= 8 && !memcmp(line, "SHA256 (", 8))
		return parse_bsd(line, len, escaped, entry->digest);

	digits = gth_hex_span(line, len);
	if (digits == MD5_DIGITS || digits == SHA1_DIGITS)
		return "expected a SHA-256 of 64 hexadecimal digits; this is MD5 or SHA-1";
	if (digits != SHA256_DIGITS || gth_hex_decode(entry->digest, GTH_DIGEST_SIZE, line))
		return "expected a SHA-256 of 64 hexadecimal digits at the start of the line";
	line += digits;
	len -= digits;
	if (is_blank(line, len) && !escaped)
		return NULL;
	if (len < 3 || line[0] != ' ' || (line[1] != ' ' && line[1] != '*'))
		return "expected two spaces, or a space and `*', and a name after the digest";
	if (escaped && !is_escaped(line + 2, len - 2))
		return "expected \\\\, \\n or \\r after a backslash in an escaped name";
	return NULL;
}

/* Takes the next field up to a colon; the last one ends with the line. */
static bool next_field(const char **at, const char *end, const char **field, size_t *len)
{
	const char *colon;

	if (*at > end)
		return false;
	colon = memchr(*at, ':', (size_t)(end - *at));
	*field = *at;
	*len = (size_t)((colon ? colon : end) - *at);
	*at = (colon ? colon : end) + 1;
	return true;
}

static bool is_number(const char *text, size_t len)
{
	if (!len || len > 20)
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return true;
}

static const char *parse_clamav(const char *line, size_t len, struct list_entry *entry)
{
	const char *at = line, *end = line + len, *field;
	unsigned int extra = 0;
	size_t n;

	if (!next_field(&at, end, &field, &n) || gth_hex_span(field, n) != n)
		n = 0;
	if (n == SHA256_DIGITS)
		entry->kind = LIST_SHA256;
	else if (n == SHA1_DIGITS)
		entry->kind = LIST_SHA1;
	else if (n == MD5_DIGITS)
		entry->kind = LIST_MD5;
	else
		return "expected a digest of 32, 40 or 64 hexadecimal digits, then a colon";
	if (n == SHA256_DIGITS && gth_hex_decode(entry->digest, GTH_DIGEST_SIZE, field))
		return "expected hexadecimal digits";
	if (!next_field(&at, end, &field, &n) ||
	    (!is_number(field, n) && !(n == 1 && *field == '*')))
		return "expected a size in bytes or `*' after the digest and a colon";
	if (!next_field(&at, end, &field, &n) || !n)
		return "expected a name after the size and a colon";
	entry->name = field;
	entry->name_len = n;
	while (next_field(&at, end, &field, &n))
		if (!is_number(field, n) || ++extra > 2)
			return "expected at most two numbers (functionality levels) after the name";
	return NULL;
}

/* The format by a line, if nothing else shows it; LIST_AUTO for a blank or a comment. */
enum list_format list_detect(const char *line, size_t len)
{
	size_t digits;

	if (is_nothing(line, len))
		return LIST_AUTO;
	digits = gth_hex_span(line, len);
	if (!digits || digits == len || line[digits] != ':')
		return LIST_SHA256SUM;
	return digits == MD5_DIGITS ? LIST_HDB : LIST_HSB;
}

/**
 * list_parse() - parse one line
 * @format: LIST_AUTO only if list_detect() finds nothing in the line
 * @line: untrusted bytes without a line end
 * @len: how many
 * @entry: filled in
 * @why: what was expected, after an error
 *
 * Return: 0 or -EINVAL.
 */
int list_parse(enum list_format format, const char *line, size_t len, struct list_entry *entry,
	       const char **why)
{
	entry->kind = LIST_NONE;
	entry->name = NULL;
	entry->name_len = 0;
	*why = NULL;
	if (memchr(line, '\0', len))
		*why = "expected text; the line holds a NUL byte";
	else if (memchr(line, '\r', len))
		*why = list_lone_cr;
	else if (is_nothing(line, len))
		return 0;
	else if (format == LIST_SHA256SUM)
		*why = parse_sha256sum(line, len, entry);
	else
		*why = parse_clamav(line, len, entry);
	return *why ? -EINVAL : 0;
}
