// SPDX-License-Identifier: GPL-2.0-or-later
/* encoding.c - bytes of text as UTF-8 (see encoding.h). */
#include "sigtool/import/encoding.h"

#include <errno.h>
#include <string.h>

#define REPLACEMENT 0xfffd
#define LONGEST 6 /* bytes that one unit can add: U+FFFD for what came before, and a letter */

void encoding_init(struct encoding *e, gth_read_fn read, void *ctx)
{
	*e = (struct encoding) { .read = read, .ctx = ctx };
}

/* Reads until there are @want bytes, or no more. */
static int fill(struct encoding *e, size_t want)
{
	if (e->at) {
		memmove(e->buffer, e->buffer + e->at, e->end - e->at);
		e->end -= e->at;
		e->at = 0;
	}
	while (e->end < want && !e->eof) {
		ssize_t n = e->read(e->ctx, e->buffer + e->end, sizeof(e->buffer) - e->end);

		if (n < 0)
			return (int)n;
		e->eof = !n;
		e->end += (size_t)n;
	}
	return 0;
}

static int begin(struct encoding *e)
{
	int err = fill(e, 3);

	if (err)
		return err;
	e->begun = true;
	if (e->end >= 3 && !memcmp(e->buffer, "\xef\xbb\xbf", 3)) {
		e->at = 3;
	} else if (e->end >= 2 &&
		   (!memcmp(e->buffer, "\xff\xfe", 2) || !memcmp(e->buffer, "\xfe\xff", 2))) {
		e->wide = true;
		e->big = e->buffer[0] == 0xfe;
		e->at = 2;
	}
	return 0;
}

/*
 * encoding_peek() - the beginning of the text, behind its mark and not decoded
 *
 * At most a buffer of it; nothing only if the text is empty. Return: 0 or a negative errno of
 * reading.
 */
int encoding_peek(struct encoding *e, const u8 **bytes, size_t *len)
{
	int err = e->begun ? 0 : begin(e);

	if (!err)
		err = fill(e, sizeof(e->buffer));
	*bytes = e->buffer + e->at;
	*len = e->end - e->at;
	return err;
}

static size_t put(u8 *out, u32 letter)
{
	if (letter < 0x80) {
		out[0] = (u8)letter;
		return 1;
	}
	if (letter < 0x800) {
		out[0] = (u8)(0xc0 | letter >> 6);
		out[1] = (u8)(0x80 | (letter & 0x3f));
		return 2;
	}
	if (letter < 0x10000) {
		out[0] = (u8)(0xe0 | letter >> 12);
		out[1] = (u8)(0x80 | (letter >> 6 & 0x3f));
		out[2] = (u8)(0x80 | (letter & 0x3f));
		return 3;
	}
	out[0] = (u8)(0xf0 | letter >> 18);
	out[1] = (u8)(0x80 | (letter >> 12 & 0x3f));
	out[2] = (u8)(0x80 | (letter >> 6 & 0x3f));
	out[3] = (u8)(0x80 | (letter & 0x3f));
	return 4;
}

/* Half of a pair without the other becomes U+FFFD. */
static size_t put_unit(struct encoding *e, u8 *out, u16 unit)
{
	size_t n = 0;

	if (e->high && unit >= 0xdc00 && unit < 0xe000) {
		n = put(out, 0x10000U + ((u32)(e->high - 0xd800) << 10) + (unit - 0xdc00U));
		e->high = 0;
		return n;
	}
	if (e->high)
		n = put(out, REPLACEMENT);
	e->high = 0;
	if (unit >= 0xd800 && unit < 0xdc00)
		e->high = unit;
	else
		n += put(out + n, unit >= 0xdc00 && unit < 0xe000 ? REPLACEMENT : unit);
	return n;
}

static size_t decode(struct encoding *e, u8 *out, size_t size)
{
	size_t n = 0;

	for (; e->end - e->at >= 2 && n + LONGEST <= size; e->at += 2) {
		const u8 *b = e->buffer + e->at;

		n += put_unit(e, out + n, (u16)(e->big ? b[0] << 8 | b[1] : b[1] << 8 | b[0]));
	}
	/* a file that was cut: the half of a pair, or of a unit */
	if (e->eof && n + LONGEST <= size && (e->high || e->end - e->at == 1)) {
		n += put(out + n, REPLACEMENT);
		e->high = 0;
		e->at = e->end;
	}
	return n;
}

/* A gth_read_fn; @size is at least LONGEST. */
ssize_t encoding_read(void *encoding, void *data, size_t size)
{
	struct encoding *e = encoding;
	size_t n;
	int err = e->begun ? 0 : begin(e);

	if (err)
		return err;
	if (!e->wide) {
		if (e->at == e->end)
			return e->eof ? 0 : e->read(e->ctx, data, size);
		n = e->end - e->at < size ? e->end - e->at : size;
		memcpy(data, e->buffer + e->at, n);
		e->at += n;
		return (ssize_t)n;
	}
	if (size < LONGEST)
		return -EINVAL;
	do {
		err = fill(e, 2);
		if (err)
			return err;
		n = decode(e, data, size);
	} while (!n && (!e->eof || e->end > e->at));
	return (ssize_t)n;
}
