// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * age_header.c - the text of an age header (see age_header.h), untrusted when
 * it is read: strictly by the grammar of age-encryption.org/v1.
 */
#include "lib/age/age_header.h"

#include <errno.h>
#include <string.h>

#define COLUMNS 64 /* of a body's lines; a shorter one, maybe empty, is its last */
#define LINE_BYTES (COLUMNS / 4 * 3)
#define X25519 "X25519"
#define SCRYPT "scrypt"

_Static_assert(GTH_AGE_WRAPPED_SIZE == 32 && GTH_AGE_STANZA_SIZE == 98,
	       "the sizes in age_header.h");

struct span {
	const char *at;
	size_t len;
};

static bool is(struct span s, const char *text)
{
	return s.len == strlen(text) && !memcmp(s.at, text, s.len);
}

/* Cuts @text off if @s begins with it. */
static bool skip(struct span *s, const char *text)
{
	size_t len = strlen(text);

	if (s->len < len || memcmp(s->at, text, len) != 0)
		return false;
	s->at += len;
	s->len -= len;
	return true;
}

/* Cuts the next line off, without its LF; there must be an LF. */
static bool next_line(struct span *rest, struct span *line)
{
	const char *lf = memchr(rest->at, '\n', rest->len);

	if (!lf)
		return false;
	*line = (struct span) { rest->at, (size_t)(lf - rest->at) };
	rest->at += line->len + 1;
	rest->len -= line->len + 1;
	return true;
}

/* Cuts the next argument off: visible ASCII, ended by one space or by the end. */
static bool next_argument(struct span *rest, struct span *argument)
{
	size_t n = 0;

	while (n < rest->len && rest->at[n] > ' ' && rest->at[n] <= '~')
		n++;
	*argument = (struct span) { rest->at, n };
	rest->at += n;
	rest->len -= n;
	/* A space promises one more argument, which the next call then misses. */
	return n && (!rest->len || rest->at[0] == ' ');
}

/* Reads a body. @first: its first line. Return: its bytes or -EBADMSG. */
static ssize_t parse_body(struct span *rest, uint8_t first[LINE_BYTES])
{
	uint8_t other[LINE_BYTES];
	size_t size = 0;
	struct span line;
	ssize_t n;

	do {
		if (!next_line(rest, &line) || line.len > COLUMNS)
			return -EBADMSG;
		n = gth_age_base64_decode(size ? other : first, line.at, line.len);
		if (n < 0)
			return -EBADMSG;
		size += (size_t)n;
	} while (line.len == COLUMNS);
	return (ssize_t)size;
}

/* Reads one of type X25519: the share is its one argument. */
static int parse_x25519(struct gth_age_header *h, struct span share, const uint8_t *body,
			ssize_t size)
{
	struct gth_age_stanza *s = &h->stanzas[h->count];

	if (share.len != GTH_AGE_BASE64_LEN(sizeof(s->share)) || size != sizeof(s->wrapped))
		return -EBADMSG;
	if (gth_age_base64_decode(s->share, share.at, share.len) != sizeof(s->share))
		return -EBADMSG;
	memcpy(s->wrapped, body, sizeof(s->wrapped));
	h->count++;
	return 0;
}

/* Reads a stanza, whose first line is @line. @scrypt: set if it is for a passphrase. */
static int parse_stanza(struct gth_age_header *h, struct span line, struct span *rest, bool *scrypt)
{
	struct span type, argument = { NULL, 0 };
	uint8_t body[LINE_BYTES];
	size_t arguments = 0;
	ssize_t size;

	if (!skip(&line, "-> ") || !next_argument(&line, &type))
		return -EBADMSG;
	for (; skip(&line, " "); arguments++)
		if (!next_argument(&line, &argument))
			return -EBADMSG;
	size = parse_body(rest, body);
	if (size < 0)
		return -EBADMSG;
	*scrypt = *scrypt || is(type, SCRYPT);
	if (!is(type, X25519))
		return 0;
	return arguments == 1 ? parse_x25519(h, argument, body, size) : -EBADMSG;
}

/**
 * gth_age_header_parse() - a header from the start of a file
 * @h: set; undefined after an error
 * @data: the first bytes of the file
 * @len: their number; no more than GTH_AGE_HEADER_MAX of them are looked at
 *
 * Unknown types of stanza are ignored. One for a passphrase has to be alone.
 *
 * Return: 0; -EBADMSG: this is not a header, or it is not whole within @len.
 */
int gth_age_header_parse(struct gth_age_header *h, const char *data, size_t len)
{
	struct span rest = { data, len < GTH_AGE_HEADER_MAX ? len : GTH_AGE_HEADER_MAX }, line;
	bool scrypt = false;
	size_t stanzas = 0;

	h->count = 0;
	if (!skip(&rest, GTH_AGE_VERSION_LINE))
		return -EBADMSG;
	for (;; stanzas++) {
		if (!next_line(&rest, &line))
			return -EBADMSG;
		if (skip(&line, "---"))
			break;
		if (parse_stanza(h, line, &rest, &scrypt))
			return -EBADMSG;
	}
	if (!stanzas || (scrypt && stanzas > 1))
		return -EBADMSG;

	h->covered = (size_t)(line.at - data);
	h->size = (size_t)(rest.at - data);
	if (!skip(&line, " ") || line.len != GTH_AGE_BASE64_LEN(sizeof(h->mac)) ||
	    gth_age_base64_decode(h->mac, line.at, line.len) != sizeof(h->mac))
		return -EBADMSG;
	return 0;
}

static char *put(char *at, const char *text)
{
	while (*text)
		*at++ = *text++;
	return at;
}

static char *put_base64(char *at, const uint8_t *bytes, size_t n)
{
	gth_age_base64_encode(at, bytes, n);
	return at + GTH_AGE_BASE64_LEN(n);
}

/* Writes what the MAC covers to @text, of GTH_AGE_HEADER_SIZE(@n) bytes. Return: its length. */
size_t gth_age_header_format(char *text, const struct gth_age_stanza *stanzas, size_t n)
{
	char *at = put(text, GTH_AGE_VERSION_LINE);

	for (size_t i = 0; i < n; i++) {
		at = put(at, "-> " X25519 " ");
		at = put_base64(at, stanzas[i].share, sizeof(stanzas[i].share));
		at = put(at, "\n");
		at = put_base64(at, stanzas[i].wrapped, sizeof(stanzas[i].wrapped));
		at = put(at, "\n");
	}
	return (size_t)(put(at, "---") - text);
}

/* Writes the rest of the header behind it. */
void gth_age_header_finish(char *text, size_t covered, const uint8_t mac[GTH_AGE_MAC_SIZE])
{
	char *at = put(text + covered, " ");

	put(put_base64(at, mac, GTH_AGE_MAC_SIZE), "\n");
}
