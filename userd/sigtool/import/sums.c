// SPDX-License-Identifier: GPL-2.0-or-later
/* sums.c - lines of lists of SHA-256 digests (see sums.h). */
#include "sigtool/import/sums.h"

#include <string.h>
#include <strings.h>

#include "lib/util/hex.h"

#define DIGITS (2 * GTH_DIGEST_SIZE)

static const char other[] = "a digest of another algorithm than SHA-256, which cannot be looked up";

static enum sums_kind malformed(struct sums_entry *e, const char *why)
{
	e->why = why;
	return SUMS_MALFORMED;
}

static enum sums_kind another(struct sums_entry *e)
{
	e->why = other;
	return SUMS_OTHER;
}

static bool is_blank(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at == end;
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

static bool begins(const char *at, const char *end, const char *with)
{
	size_t n = strlen(with);

	return (size_t)(end - at) >= n && !strncasecmp(at, with, n);
}

/* Digits of MD5, SHA-1, SHA-224, SHA-384 and SHA-512 */
static bool is_other_length(size_t digits)
{
	return digits == 32 || digits == 40 || digits == 56 || digits == 96 || digits == 128;
}

/* The name of an algorithm, as `openssl list' and BSD's tools have them. */
static size_t algorithm_length(const char *at, const char *end)
{
	size_t n = 0;

	while (at + n < end && n < 16 &&
	       ((at[n] >= '0' && at[n] <= '9') || (at[n] >= 'A' && at[n] <= 'Z') ||
		(at[n] >= 'a' && at[n] <= 'z') || at[n] == '-' || at[n] == '/'))
		n++;
	return n;
}

static bool is_sha256(const char *at, size_t len)
{
	return (len == 6 && !strncasecmp(at, "SHA256", 6)) ||
	       (len == 7 && !strncasecmp(at, "SHA-256", 7)) ||
	       (len == 8 && !strncasecmp(at, "SHA2-256", 8));
}

static bool is_known_algorithm(const char *at, size_t len)
{
	static const char *const names[] = { "MD",   "SHA", "BLAKE",	 "RIPEMD", "RMD",
					     "MACT", "SM3", "WHIRLPOOL", "SKEIN",  "CRC" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (begins(at, at + len, names[i]))
			return true;
	return false;
}

static void set_name(struct sums_entry *e, const char *at, const char *end)
{
	e->name = at;
	e->len = (size_t)(end - at);
}

static bool is_escaped(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (name[i] != '\\')
			continue;
		if (++i == len || !strchr("\\nr", name[i]) || !name[i])
			return false;
	}
	return true;
}

/*
 * ALGORITHM (NAME) = DIGEST, of --tag and of BSD; openssl dgst has no blank before the
 * bracket and the `='. NAME may hold anything, so the digest is found from the end.
 */
static enum sums_kind parse_tag(const char *line, const char *end, size_t algorithm,
				struct sums_entry *e)
{
	const char *open = line + algorithm + (line[algorithm] == ' ');
	const char *digits = end, *close;
	size_t n;

	while (digits > open + 1 && gth_hex_span(digits - 1, 1))
		digits--;
	n = (size_t)(end - digits);
	close = digits;
	if (close - open < 4 || close[-1] != ' ' || close[-2] != '=')
		return malformed(e, "expected `ALGORITHM (NAME) = DIGEST'");
	close -= 2;
	close -= close[-1] == ' ';
	if (close - open < 2 || close[-1] != ')')
		return malformed(e, "expected `ALGORITHM (NAME) = DIGEST'");
	if (!is_sha256(line, algorithm))
		return another(e);
	if (n != DIGITS || gth_hex_decode(e->digest, GTH_DIGEST_SIZE, digits))
		return malformed(e, "expected 64 hexadecimal digits after `='");
	set_name(e, open + 1, close - 1);
	return SUMS_SHA256;
}

/* DIGEST, DIGEST  NAME, DIGEST *NAME, or BSD's DIGEST NAME */
static enum sums_kind parse_digest(struct sums *s, const char *line, const char *end, size_t digits,
				   struct sums_entry *e)
{
	const char *at = line + digits;
	size_t heading = s->heading;
	bool of_other = s->other && is_blank(at, end);

	s->heading = 0;
	s->other = false;
	if (at < end && *at != ' ' && !is_blank(at, end))
		return malformed(e, "expected a blank and a name, or nothing, after the digest");
	if (is_other_length(digits) || of_other)
		return another(e);
	if (digits != DIGITS || gth_hex_decode(e->digest, GTH_DIGEST_SIZE, line))
		return malformed(e, "expected 64 hexadecimal digits, not fewer or more");
	if (!is_blank(at, end)) {
		at++;
		at += *at == ' ' || *at == '*';
		set_name(e, at, end);
	} else {
		set_name(e, s->name, s->name + heading); /* certutil's heading */
	}
	return SUMS_SHA256;
}

/* Older certutil writes bytes with blanks between them. Return: bytes, or 0. */
static size_t spaced_bytes(const char *line, const char *end, u8 digest[GTH_DIGEST_SIZE])
{
	size_t n = 0;

	for (const char *at = line; end - at >= 2; at += 3, n++) {
		u8 byte;

		if (gth_hex_decode(&byte, 1, at) || (end - at > 2 && at[2] != ' '))
			return 0;
		if (n < GTH_DIGEST_SIZE)
			digest[n] = byte;
		if (end - at == 2)
			return n + 1;
	}
	return 0;
}

/*
 * certutil: a heading `SHA256 hash of [file] NAME:', the digest, and a line of its own. In other
 * languages (SHA256-Hash von NAME:) it cannot be told where the name begins.
 */
static bool parse_heading(struct sums *s, const char *line, const char *end, size_t algorithm)
{
	const char *name = line + algorithm;
	size_t len;

	if (begins(line, end, "CertUtil:"))
		return true;
	if (!algorithm || !is_known_algorithm(line, algorithm) || end[-1] != ':')
		return false;
	end--;
	if (begins(name, end, " hash of file "))
		name += 14;
	else if (begins(name, end, " hash of "))
		name += 9;
	else
		name = end;
	len = (size_t)(end - name);
	s->other = !is_sha256(line, algorithm) && !begins(line, end, "SHA256-");
	s->heading = len < sizeof(s->name) ? len : sizeof(s->name);
	memcpy(s->name, name, s->heading);
	return true;
}

static const char *value_of(const char *line, const char *end, const char *key)
{
	const char *at = line + strlen(key);

	if (!begins(line, end, key))
		return NULL;
	at = skip_blanks(at, end);
	if (at == end || *at != ':')
		return NULL;
	return skip_blanks(at + 1, end);
}

/* Get-FileHash | Format-List. Return: is it a line of that form? */
static bool parse_listing(struct sums *s, const char *line, const char *end, struct sums_entry *e,
			  enum sums_kind *kind)
{
	const char *at = value_of(line, end, "Algorithm");

	*kind = SUMS_NOTHING;
	if (at) {
		s->listing = true;
		s->other = !is_sha256(at, (size_t)(end - at));
		return true;
	}
	if (!s->listing)
		return false;
	if (value_of(line, end, "Path") || *line == ' ')
		return true; /* a path that is long goes on in the next lines */
	at = value_of(line, end, "Hash");
	if (!at)
		return false;
	if (s->other)
		*kind = another(e);
	else if (end - at != DIGITS || gth_hex_decode(e->digest, GTH_DIGEST_SIZE, at))
		*kind = malformed(e, "expected 64 hexadecimal digits after `Hash :'");
	else
		*kind = SUMS_SHA256;
	return true;
}

/* Get-FileHash | Export-Csv: "SHA256","DIGEST","PATH". */
static enum sums_kind parse_quoted(const char *line, const char *end, struct sums_entry *e)
{
	const char *quote = memchr(line + 1, '"', (size_t)(end - line - 1));
	const char *hash = quote ? quote + 3 : end;
	size_t digits;

	if (!quote || end - quote < 3 || memcmp(quote, "\",\"", 3) != 0)
		return malformed(e, "expected a digest, or `\"SHA256\",\"DIGEST\",\"PATH\"'");
	if (begins(line, end, "\"Algorithm\",\"Hash\""))
		return SUMS_NOTHING;
	digits = gth_hex_span(hash, (size_t)(end - hash));
	if (!is_sha256(line + 1, (size_t)(quote - line - 1)))
		return is_other_length(digits)
			       ? another(e)
			       : malformed(e, "expected `SHA256' in the first column");
	if (digits != DIGITS || gth_hex_decode(e->digest, GTH_DIGEST_SIZE, hash) ||
	    hash + DIGITS == end || hash[DIGITS] != '"')
		return malformed(e, "expected 64 hexadecimal digits in the second column");
	if (end - hash > DIGITS + 4 && !memcmp(hash + DIGITS, "\",\"", 3) && end[-1] == '"')
		set_name(e, hash + DIGITS + 3, end - 1);
	return SUMS_SHA256;
}

/* Get-FileHash: ALGORITHM  DIGEST  PATH in columns. */
static enum sums_kind parse_columns(const char *line, const char *end, size_t algorithm,
				    struct sums_entry *e)
{
	const char *hash = skip_blanks(line + algorithm, end);
	size_t digits = gth_hex_span(hash, (size_t)(end - hash));
	const char *rest = hash + digits;

	if (rest < end && *rest != ' ')
		return malformed(e, "expected a digest that is not cut after the algorithm");
	if (!is_sha256(line, algorithm))
		return is_other_length(digits) ? another(e) : malformed(e, "expected a digest");
	if (digits != DIGITS || gth_hex_decode(e->digest, GTH_DIGEST_SIZE, hash))
		return malformed(e, "expected 64 hexadecimal digits after the algorithm");
	set_name(e, skip_blanks(rest, end), end);
	return SUMS_SHA256;
}

static enum sums_kind parse_plain(struct sums *s, const char *line, const char *end,
				  struct sums_entry *e)
{
	size_t digits = gth_hex_span(line, (size_t)(end - line));
	size_t algorithm = algorithm_length(line, end), bytes;
	enum sums_kind kind;

	if (parse_listing(s, line, end, e, &kind))
		return kind;
	if (digits >= 32)
		return parse_digest(s, line, end, digits, e);
	if (begins(line, end, "Algorithm ") || begins(line, end, "---"))
		return SUMS_NOTHING;
	bytes = digits == 2 ? spaced_bytes(line, end, e->digest) : 0;
	if (bytes == GTH_DIGEST_SIZE && !s->other) {
		set_name(e, s->name, s->name + s->heading);
		s->heading = 0;
		return SUMS_SHA256;
	}
	if (bytes)
		return is_other_length(2 * bytes) || s->other
			       ? another(e)
			       : malformed(e, "expected 32 bytes in hexadecimal");
	if (parse_heading(s, line, end, algorithm))
		return SUMS_NOTHING;
	if (*line == '"')
		return parse_quoted(line, end, e);
	if (algorithm && is_known_algorithm(line, algorithm) && line + algorithm < end) {
		const char *at = line + algorithm;

		if (*at == '(' || (*at == ' ' && at + 1 < end && at[1] == '('))
			return parse_tag(line, end, algorithm, e);
		if (*at == ' ')
			return parse_columns(line, end, algorithm, e);
	}
	return malformed(e, "expected a SHA-256 of 64 hexadecimal digits");
}

/**
 * sums_parse() - parse one line
 * @s: zeros at the beginning of a list
 * @line: untrusted bytes without a line end
 * @len: how many
 * @e: filled in; the name is valid until the next call
 *
 * Return: what it is; why is set with SUMS_OTHER and SUMS_MALFORMED.
 */
enum sums_kind sums_parse(struct sums *s, const char *line, size_t len, struct sums_entry *e)
{
	const char *end = line + len;
	bool escaped = len && *line == '\\';
	enum sums_kind kind;

	*e = (struct sums_entry) { .name = NULL };
	if (len && memchr(line, '\0', len))
		return malformed(e, "expected text; the line holds a NUL byte "
				    "(UTF-16 needs a byte order mark)");
	if (len && memchr(line, '\r', len))
		return malformed(e, "expected lines that end with LF or CR LF; "
				    "there is a CR without LF");
	if (is_blank(line, end) || *line == '#')
		return SUMS_NOTHING;
	if (!escaped)
		return parse_plain(s, line, end, e);
	kind = len > 1 ? parse_plain(s, line + 1, end, e) : malformed(e, "expected a digest");
	if (kind != SUMS_SHA256)
		return kind;
	e->escaped = true;
	if (!e->len || !is_escaped(e->name, e->len))
		return malformed(e, "expected a name with \\\\, \\n and \\r as its only escapes");
	return kind;
}

/* @out has room for @len bytes; @name is as in a line with escapes. Return: bytes in @out. */
size_t sums_unescape(char *out, const char *name, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		char c = name[i];

		if (c == '\\' && i + 1 < len) {
			c = name[++i];
			c = (char)(c == 'n' ? '\n' : c == 'r' ? '\r' : c);
		}
		out[n++] = c;
	}
	return n;
}
