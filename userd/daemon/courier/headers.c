// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * headers.c - the header lines of an HTTP answer (see headers.h). Pure.
 *
 * libcurl has curl_easy_header(), but only for a handle whose transfer is over. The bound on a
 * header has to be kept while it comes, by the callback that hands the lines over here; libcurl
 * joins a folded line to the field before it, which is not accepted here; and a function that needs
 * a transfer cannot be fuzzed (tests/fuzz/answer.c). It would only save the search for the colon.
 *
 * A field that steers an upload must be exact and come once (RFC 8941 integers and booleans); a
 * malformed field that is only advice is ignored.
 */
#include "daemon/courier/headers.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>

struct span {
	const char *at;
	size_t len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct span trim(struct span s)
{
	while (s.len && is_blank(s.at[0]))
		s.at++, s.len--;
	while (s.len && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

static bool is(struct span s, const char *word)
{
	return s.len == strlen(word) && !strncasecmp(s.at, word, s.len);
}

/* Decimal digits only, at most @digits of them; an RFC 8941 integer has at most 15. */
static bool number(struct span s, size_t digits, uint64_t *value)
{
	*value = 0;
	if (!s.len || s.len > digits)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
		*value = *value * 10 + (uint64_t)(s.at[i] - '0');
	}
	return true;
}

/* One of @n words of three letters at @at, letter for letter. Return: which, or -1. */
static int word3(const char *words, int n, const char *at)
{
	for (int i = 0; i < n; i++)
		if (!memcmp(words + 3 * i, at, 3))
			return i;
	return -1;
}

/* An IMF-fixdate, the form that is sent today: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
 */
static bool date(struct span s, uint64_t *seconds)
{
	static const char form[] = "___, 00 ___ 0000 00:00:00 GMT";
	uint64_t day, year, hour, minute, second;
	struct tm tm = { 0 };
	time_t t;

	if (s.len != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (form[i] == '0' ? s.at[i] < '0' || s.at[i] > '9'
				   : form[i] != '_' && s.at[i] != form[i])
			return false;
	}
	number((struct span) { s.at + 5, 2 }, 2, &day);
	number((struct span) { s.at + 12, 4 }, 4, &year);
	number((struct span) { s.at + 17, 2 }, 2, &hour);
	number((struct span) { s.at + 20, 2 }, 2, &minute);
	number((struct span) { s.at + 23, 2 }, 2, &second);
	tm.tm_mon = word3("JanFebMarAprMayJunJulAugSepOctNovDec", 12, s.at + 8);
	if (tm.tm_mon < 0 || word3("SunMonTueWedThuFriSat", 7, s.at) < 0 || !day || day > 31 ||
	    year < 1970 || hour > 23 || minute > 59 || second > 60)
		return false;
	tm.tm_mday = (int)day;
	tm.tm_year = (int)year - 1900;
	tm.tm_hour = (int)hour;
	tm.tm_min = (int)minute;
	tm.tm_sec = (int)second;
	t = timegm(&tm);
	if (t < 0)
		return false;
	*seconds = (uint64_t)t;
	return true;
}

/* Seconds from now, 1 to GTH_RETRY_AFTER_MAX; a time that has passed is 1. */
static void set_retry_after(struct gth_headers *h, struct span value, uint64_t now)
{
	uint64_t seconds;

	if (date(value, &seconds))
		seconds = seconds > now ? seconds - now : 1;
	else if (!number(value, 18, &seconds))
		return;
	if (!seconds)
		seconds = 1;
	h->retry_after = (uint32_t)(seconds < GTH_RETRY_AFTER_MAX ? seconds : GTH_RETRY_AFTER_MAX);
}

static void set_offset(struct gth_headers *h, struct span value)
{
	uint64_t offset;

	if (h->offset != GTH_OFFSET_NONE || !number(value, 15, &offset))
		h->wrong = h->wrong ? h->wrong : "Upload-Offset";
	else
		h->offset = offset;
}

static void set_complete(struct gth_headers *h, struct span value)
{
	if (h->complete != 2 || value.len != 2 || value.at[0] != '?' ||
	    (value.at[1] != '0' && value.at[1] != '1'))
		h->wrong = h->wrong ? h->wrong : "Upload-Complete";
	else
		h->complete = (uint32_t)(value.at[1] - '0');
}

/* Parameters such as the charset are ignored: signatures are over bytes. */
static void set_content(struct gth_headers *h, struct span value)
{
	const char *semicolon = memchr(value.at, ';', value.len);

	if (h->has_content)
		h->wrong = h->wrong ? h->wrong : "Content-Type";
	h->has_content = true;
	if (semicolon)
		value = trim((struct span) { value.at, (size_t)(semicolon - value.at) });
	if (is(value, "text/plain"))
		h->content = GTH_CONTENT_TEXT;
	else if (is(value, "application/json"))
		h->content = GTH_CONTENT_JSON;
	else if (is(value, "application/problem+json"))
		h->content = GTH_CONTENT_PROBLEM;
	else
		h->content = GTH_CONTENT_OTHER;
}

/* "HTTP/1.1 200 OK", "HTTP/2 200". All lines before it were of an interim answer. */
static int set_status(struct gth_headers *h, struct span line)
{
	const char *blank = memchr(line.at, ' ', line.len);
	size_t bytes = h->bytes;
	uint64_t status;
	struct span code;

	if (!blank)
		return -EBADMSG;
	code = (struct span) { blank + 1, line.len - (size_t)(blank + 1 - line.at) };
	if (code.len > 3 && code.at[3] == ' ')
		code.len = 3;
	if (code.len != 3 || !number(code, 3, &status) || status < 100 || status > 599)
		return -EBADMSG;
	gth_headers_begin(h);
	h->bytes = bytes;
	h->status = (uint32_t)status;
	return 0;
}

void gth_headers_begin(struct gth_headers *h)
{
	*h = (struct gth_headers) { .complete = 2, .offset = GTH_OFFSET_NONE };
}

/**
 * gth_headers_line() - the next line
 * @h: the fields so far
 * @line: with or without its end
 * @len: bytes
 * @now: Unix time, for Retry-After
 *
 * Return: 0; -EMSGSIZE: the lines are more than GTH_HEADERS_BYTES_MAX;
 * -EBADMSG: this is not a line of an HTTP answer. Malformed fields are named by
 * h->wrong.
 */
int gth_headers_line(struct gth_headers *h, const char *line, size_t len, uint64_t now)
{
	struct span name = { line, 0 }, value;
	const char *colon;

	if (len > GTH_HEADERS_BYTES_MAX - h->bytes)
		return -EMSGSIZE;
	h->bytes += len;
	if (len && line[len - 1] == '\n')
		len--;
	if (len && line[len - 1] == '\r')
		len--;
	if (len >= 5 && !memcmp(line, "HTTP/", 5))
		return set_status(h, (struct span) { line, len });
	if (!h->status)
		return -EBADMSG;
	if (!len)
		return 0;
	colon = memchr(line, ':', len);
	if (!colon)
		return -EBADMSG;
	name.len = (size_t)(colon - line);
	value = trim((struct span) { colon + 1, len - name.len - 1 });
	if (is(name, "Retry-After"))
		set_retry_after(h, value, now);
	else if (is(name, "Upload-Offset"))
		set_offset(h, value);
	else if (is(name, "Upload-Complete"))
		set_complete(h, value);
	else if (is(name, "Content-Type"))
		set_content(h, value);
	return 0;
}
