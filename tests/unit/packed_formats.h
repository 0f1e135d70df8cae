/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * packed_formats.h - archives of one member, by the descriptions of their formats.
 *
 * A change makes it another one: "sum", its check sum is wrong; "method", it is packed by
 * an unknown method; "encrypted", its member is; "headers", all of it is.
 */
#ifndef GTH_TESTS_PACKED_FORMATS_H
#define GTH_TESTS_PACKED_FORMATS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
	uint8_t data[4096];
	size_t size;
};

static void add(struct bytes *b, const void *data, size_t size)
{
	if (b->size + size > sizeof(b->data))
		abort();
	memcpy(b->data + b->size, data, size);
	b->size += size;
}

/* A number of @n bytes, the lowest first */
static void le(struct bytes *b, uint64_t value, int n)
{
	for (; n; n--, value >>= 8)
		add(b, (uint8_t[]) { (uint8_t)value }, 1);
}

static void put_le(struct bytes *b, size_t at, uint64_t value, int n)
{
	for (; n; n--, value >>= 8)
		b->data[at++] = (uint8_t)value;
}

static uint32_t reflected(uint32_t sum, uint32_t polynomial, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		sum ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? polynomial : 0);
	}
	return sum;
}

static uint32_t crc32_of(const uint8_t *data, size_t size)
{
	return ~reflected(~0U, 0xedb88320, data, size);
}

static uint16_t crc16_of(const uint8_t *data, size_t size)
{
	return (uint16_t)reflected(0, 0xa001, data, size);
}

static bool is(const char *change, const char *what)
{
	return !strcmp(change, what);
}

/* APPNOTE.TXT 4.3.7, 4.3.12 and 4.3.16; bit 0 of the flags: encrypted */
static void make_encrypted_zip(struct bytes *b)
{
	static const uint8_t content[20] = { 7 };
	size_t directory;

	b->size = 0;
	add(b, "PK\3\4\x14\0\1\0\0\0\0\0\0\0", 14);
	le(b, 0x12345678, 4);
	le(b, 20, 4);
	le(b, 8, 4);
	le(b, 1, 2);
	le(b, 0, 2);
	add(b, "a", 1);
	add(b, content, sizeof(content));
	directory = b->size;
	add(b, "PK\1\2\x14\0\x14\0\1\0\0\0\0\0\0\0", 16);
	le(b, 0x12345678, 4);
	le(b, 20, 4);
	le(b, 8, 4);
	le(b, 1, 2);
	le(b, 0, 16);
	add(b, "a", 1);
	add(b, "PK\5\6\0\0\0\0\1\0\1\0", 12);
	le(b, b->size - 12 - directory, 4);
	le(b, directory, 4);
	le(b, 0, 2);
}

/* Four bytes at a time, the rest from its first byte on: CFDATA.csum of [MS-CAB] */
static uint32_t cab_sum(const uint8_t *data, size_t size, uint32_t sum)
{
	uint32_t rest = 0;

	for (; size >= 4; data += 4, size -= 4)
		sum ^= (uint32_t)data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 |
		       (uint32_t)data[3] << 24;
	for (; size; data++, size--)
		rest = rest << 8 | *data;
	return sum ^ rest;
}

/* [MS-CAB]: CFHEADER, CFFOLDER, CFFILE, CFDATA */
static void cab(struct bytes *b, const struct bytes *packed, size_t size, int method,
		const char *change)
{
	size_t data;

	b->size = 0;
	add(b, "MSCF\0\0\0\0", 8);
	le(b, 0, 8); /* how long it is, later */
	le(b, 44, 4);
	le(b, 0, 4);
	add(b, "\3\1\1\0\1\0\0\0\0\0\0\0", 12); /* 1.3; one folder, one file */
	le(b, 36 + 8 + 16 + 2, 4);
	le(b, 1, 2);
	le(b, is(change, "method") ? 2 : (uint64_t)method, 2); /* 2: Quantum */
	le(b, size, 4);
	le(b, 0, 10);
	le(b, 0x20, 2);
	add(b, "a", 2);
	data = b->size;
	le(b, 0, 4);
	le(b, packed->size, 2);
	le(b, size, 2);
	add(b, packed->data, packed->size);
	put_le(b, data,
	       cab_sum(b->data + data + 4, 4, cab_sum(packed->data, packed->size, 0)) ^
		       is(change, "sum"),
	       4);
	put_le(b, 8, b->size, 4);
}

static void make_cab(struct bytes *b, const struct bytes *member, const char *change)
{
	cab(b, member, member->size, 0, change);
}

/* [MS-MCI], with one block of RFC 1951 that is stored */
static void make_cab_mszip(struct bytes *b, const struct bytes *member, const char *change)
{
	struct bytes packed = { .size = 0 };

	add(&packed, "CK\1", 3);
	le(&packed, member->size, 2);
	le(&packed, ~member->size, 2);
	add(&packed, member->data, member->size);
	cab(b, &packed, member->size, 1, change);
}

/* A header's beginning up to its level */
static void lha_begin(struct bytes *b, const char *method, size_t packed, size_t size, int level,
		      const char *change)
{
	b->size = 0;
	le(b, 0, 2);
	add(b, is(change, "method") ? "-lh1-" : method, 5);
	le(b, packed, 4);
	le(b, size, 4);
	le(b, 0x5a000000, 4);
	le(b, 0x20, 1);
	le(b, (uint64_t)level, 1);
}

static void lha_sum(struct bytes *b)
{
	uint8_t sum = 0;

	for (size_t i = 2; i < b->size; i++)
		sum += b->data[i];
	b->data[0] = (uint8_t)(b->size - 2);
	b->data[1] = sum;
}

static void lha_0(struct bytes *b, const char *method, const struct bytes *packed, size_t size,
		  uint16_t sum, const char *change)
{
	lha_begin(b, method, packed->size, size, 0, change);
	add(b, "\1a", 2);
	le(b, sum ^ is(change, "sum"), 2);
	lha_sum(b);
	add(b, packed->data, packed->size);
	le(b, 0, 1); /* the end */
}

static void make_lha_0(struct bytes *b, const struct bytes *member, const char *change)
{
	lha_0(b, "-lh0-", member, member->size, crc16_of(member->data, member->size), change);
}

static void make_lha_1(struct bytes *b, const struct bytes *member, const char *change)
{
	lha_begin(b, "-lh0-", member->size, member->size, 1, change);
	add(b, "\1a", 2);
	le(b, crc16_of(member->data, member->size) ^ is(change, "sum"), 2);
	add(b, "U\0\0", 3); /* Unix; no more headers */
	lha_sum(b);
	add(b, member->data, member->size);
	le(b, 0, 1);
}

/* Its headers' sum is in one of them, and is of all of them with zeros in its place. */
static void make_lha_2(struct bytes *b, const struct bytes *member, const char *change)
{
	size_t at;

	lha_begin(b, "-lh0-", member->size, member->size, 2, change);
	le(b, crc16_of(member->data, member->size) ^ is(change, "sum"), 2);
	add(b, "U\5\0\0", 4); /* Unix; a header of 5 bytes: the sum */
	at = b->size;
	le(b, 0, 2);
	add(b, "\4\0\1a\0\0", 6); /* a header of 4 bytes: the name; no more follow */
	put_le(b, 0, b->size, 2);
	put_le(b, at, crc16_of(b->data, b->size), 2);
	add(b, member->data, member->size);
	le(b, 0, 1);
}

/* Bits, the highest first */
static void bits(struct bytes *b, unsigned int *used, unsigned int value, int n)
{
	while (n--) {
		if (!(*used % 8))
			le(b, 0, 1);
		if (value >> n & 1)
			b->data[b->size - 1] |= (uint8_t)(0x80 >> *used % 8);
		(*used)++;
	}
}

/* -lh5-: @n letters, in turn a and b, of one bit each; one block */
static void make_lha_packed(struct bytes *b, struct bytes *member, unsigned int n)
{
	struct bytes packed = { .size = 0 };
	unsigned int used = 0;

	member->size = 0;
	bits(&packed, &used, n, 16);
	/* Lengths of codes have codes: 2 (more zeros) and 3 (one bit), of one bit each. */
	bits(&packed, &used, 4, 5);
	bits(&packed, &used, 0, 3 + 3);
	bits(&packed, &used, 1, 3);
	bits(&packed, &used, 0, 2);
	bits(&packed, &used, 1, 3);
	/* Of the literals up to b, those before a have no code. */
	bits(&packed, &used, 'b' + 1, 9);
	bits(&packed, &used, 0, 1);
	bits(&packed, &used, 'a' - 20, 9);
	bits(&packed, &used, 3, 1 + 1);
	/* No positions */
	bits(&packed, &used, 0, 4 + 4);
	for (unsigned int i = 0; i < n; i++) {
		bits(&packed, &used, i % 2, 1);
		add(member, "ab" + i % 2, 1);
	}
	lha_0(b, "-lh5-", &packed, n, crc16_of(member->data, n), "");
}

/* A block's sum is of all behind it. */
static void rar_block(struct bytes *b, int type, unsigned int flags, const struct bytes *rest)
{
	size_t at = b->size;

	le(b, 0, 2);
	le(b, (uint64_t)type, 1);
	le(b, flags, 2);
	le(b, 7 + rest->size, 2);
	add(b, rest->data, rest->size);
	put_le(b, at, crc32_of(b->data + at + 2, b->size - at - 2) & 0xffff, 2);
}

/* technote.txt of RAR 3: marker, archive header, file header, end */
static void make_rar(struct bytes *b, const struct bytes *member, const char *change)
{
	struct bytes main = { .size = 6 }, file = { .size = 0 }, end = { .size = 0 };

	b->size = 0;
	add(b, "Rar!\x1a\x07\0", 7);
	rar_block(b, 0x73, is(change, "headers") ? 0x80 : 0, &main);
	le(&file, member->size, 4);
	le(&file, member->size, 4);
	le(&file, 3, 1); /* Unix */
	le(&file, crc32_of(member->data, member->size) ^ is(change, "sum"), 4);
	le(&file, 0x5a000000, 4);
	le(&file, 20, 1);
	le(&file, is(change, "method") ? 0x36 : 0x30, 1);
	le(&file, 1, 2);
	le(&file, 0100644, 4);
	add(&file, "a", 1);
	rar_block(b, 0x74, is(change, "encrypted") ? 0x8004 : 0x8000, &file);
	add(b, member->data, member->size);
	rar_block(b, 0x7b, 0x4000, &end);
}

/* A number of the RAR 5.0 archive format */
static void vint(struct bytes *b, uint64_t value)
{
	for (; value > 0x7f; value >>= 7)
		le(b, 0x80 | (value & 0x7f), 1);
	le(b, value, 1);
}

/* The sum is of the size and all behind it. */
static void rar5_block(struct bytes *b, const struct bytes *header)
{
	size_t at = b->size;

	le(b, 0, 4);
	vint(b, header->size);
	add(b, header->data, header->size);
	put_le(b, at, crc32_of(b->data + at + 4, b->size - at - 4), 4);
}

static void make_rar5(struct bytes *b, const struct bytes *member, const char *change)
{
	struct bytes main = { .size = 0 }, file = { .size = 0 }, end = { .size = 0 };

	b->size = 0;
	add(b, "Rar!\x1a\x07\1\0", 8);
	if (is(change, "headers")) {
		struct bytes secret = { .size = 0 };

		add(&secret, "\4\0\0\0\xf", 5);
		secret.size += 16; /* salt */
		rar5_block(b, &secret);
	}
	add(&main, "\1\0\0", 3);
	rar5_block(b, &main);
	add(&file, "\2\2", 2); /* a file; data follow */
	vint(&file, member->size);
	vint(&file, 4); /* with a sum */
	vint(&file, member->size);
	vint(&file, 0100644);
	le(&file, crc32_of(member->data, member->size) ^ is(change, "sum"), 4);
	vint(&file, is(change, "method") ? 7 << 7 : 0);
	vint(&file, 1); /* Unix */
	vint(&file, 1);
	add(&file, "a", 1);
	rar5_block(b, &file);
	add(b, member->data, member->size);
	add(&end, "\5\0\0", 3);
	rar5_block(b, &end);
}

#endif /* GTH_TESTS_PACKED_FORMATS_H */
