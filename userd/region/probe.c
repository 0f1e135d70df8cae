// SPDX-License-Identifier: GPL-2.0-or-later
/* probe.c - files whose finding is known, shown to clamd (see probe.h). */
#include "probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/util/io.h"
#include "region/clamd.h"

#define MATCH 258	/* the most bytes of one match of deflate */
#define MATCH_BITS 13	/* of its code: length 258 has 8, distance 1 has 5 */
#define MATCH_CODE 0xa3 /* 11000101 of the fixed code, its first bit lowest */
#define ENCRYPTED 1	/* flag of ZIP */
#define STORED 0	/* methods of ZIP */
#define DEFLATED 8

struct bits {
	uint8_t *at;
	uint32_t held;
	unsigned int n;
};

static void add_bits(struct bits *b, uint32_t value, unsigned int n)
{
	b->held |= value << b->n;
	for (b->n += n; b->n >= 8; b->n -= 8) {
		*b->at++ = (uint8_t)b->held;
		b->held >>= 8;
	}
}

/* One block of the fixed code (RFC 1951, 3.2.6): a zero, and matches of it. Return: its bytes. */
static size_t deflate_zeros(uint8_t *out, uint64_t matches)
{
	struct bits b = { .at = out };

	add_bits(&b, 3, 3);    /* the last block, fixed code */
	add_bits(&b, 0x0c, 8); /* 00110000: the byte 0 */
	while (matches--)
		add_bits(&b, MATCH_CODE, MATCH_BITS);
	add_bits(&b, 0, 7); /* the end */
	add_bits(&b, 0, 7); /* up to a whole byte */
	return (size_t)(b.at - out);
}

static uint8_t *put(uint8_t *at, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		*at++ = (uint8_t)(value >> (8 * i));
	return at;
}

/* The fields that a member's header and its entry in the directory have in common. */
static uint8_t *member(uint8_t *at, uint16_t flags, uint16_t method, uint32_t packed, uint32_t size)
{
	at = put(at, 20, 2); /* needed: version 2.0 */
	at = put(at, flags, 2);
	at = put(at, method, 2);
	at = put(at, 0x5a210000, 4); /* 2025-01-01 */
	at = put(at, 0, 4); /* CRC-32: not checked, because the member cannot be read to its end */
	at = put(at, packed, 4);
	at = put(at, size, 4);
	at = put(at, 1, 2); /* of the name */
	return put(at, 0, 2);
}

/* An archive with one member, "a" (APPNOTE.TXT 4.3). */
static int write_zip(int fd, uint16_t flags, uint16_t method, const uint8_t *data, uint32_t packed,
		     uint32_t size)
{
	uint8_t head[31], tail[47 + 22] = { 0 }, *at;
	int err;

	at = member(put(head, 0x04034b50, 4), flags, method, packed, size);
	put(at, 'a', 1);
	/* Its entry in the directory: no comment, disk 0, no attributes, at 0. */
	at = member(put(put(tail, 0x02014b50, 4), 20, 2), flags, method, packed, size);
	at = put(at + 14, 'a', 1);
	/* The end of the directory, of one member. */
	at = put(at, 0x06054b50, 4) + 4;
	at = put(put(at, 1, 2), 1, 2);
	at = put(at, 47, 4);
	put(at, (uint32_t)sizeof(head) + packed, 4);
	err = gth_write_all(fd, head, sizeof(head));
	if (!err)
		err = gth_write_all(fd, data, packed);
	return err ? err : gth_write_all(fd, tail, sizeof(tail));
}

/* In two parts, so that no scanner takes this program for the test file itself. */
int region_probe_eicar(int fd)
{
	static const char first[] = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-";
	static const char second[] = "ANTIVIRUS-TEST-FILE!$H+H*";
	int err = gth_write_all(fd, first, sizeof(first) - 1);

	return err ? err : gth_write_all(fd, second, sizeof(second) - 1);
}

/* region_probe_encrypted() - an archive whose member cannot be decrypted */
int region_probe_encrypted(int fd)
{
	static const uint8_t data[12 + 5] = { 0x9a, 0x31, 0x77, 0x0c, 0xe5, 0x42, 0x18, 0xd3, 0x6f,
					      0xb0, 0x5d, 0x24, 0x81, 0xc6, 0x3a, 0xf9, 0x50 };

	return write_zip(fd, ENCRYPTED, STORED, data, sizeof(data), sizeof(data) - 12);
}

/**
 * region_probe_over_limit() - an archive whose member is a little larger than a limit
 * @limit: bytes, below 4 GiB less 1 MiB
 */
int region_probe_over_limit(int fd, uint64_t limit)
{
	uint64_t matches = (limit + (1U << 20)) / MATCH;
	uint8_t *data = malloc(matches * MATCH_BITS / 8 + 16);
	int err = -ENOMEM;

	if (data)
		err = write_zip(fd, 0, DEFLATED, data, (uint32_t)deflate_zeros(data, matches),
				(uint32_t)(1 + matches * MATCH));
	free(data);
	return err;
}

static int over_limit(int fd, uint64_t limit)
{
	return region_probe_over_limit(fd, limit);
}

static int eicar(int fd, uint64_t limit)
{
	(void)limit;
	return region_probe_eicar(fd);
}

static int encrypted(int fd, uint64_t limit)
{
	(void)limit;
	return region_probe_encrypted(fd);
}

static const struct {
	int (*write)(int fd, uint64_t limit);
	enum gth_finding finding;
	const char *why;
} probes[] = {
	{ eicar, GTH_FINDING_MALICIOUS,
	  "it does not know the EICAR test file: has it a database of signatures?" },
	{ encrypted, GTH_FINDING_UNKNOWN,
	  "it calls an encrypted archive clean: set AlertEncrypted yes in clamd.conf" },
	{ over_limit, GTH_FINDING_UNKNOWN,
	  "it calls an archive clean of which it does not scan all: in clamd.conf, set "
	  "AlertExceedsMax yes, MaxScanSize to at most --scan-limit, MaxFileSize to more than "
	  "MaxScanSize, and StreamMaxLength to at least the region's --max-size" },
};

static int one(const char *socket, size_t i, uint64_t limit, const atomic_bool *stop)
{
	struct region_finding f;
	int fd = memfd_create("probe", MFD_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = probes[i].write(fd, limit);
	if (!err)
		err = region_clamd_scan(socket, fd, &f, stop);
	close(fd);
	if (err)
		return err;
	/* A finding without a name is of a stream that clamd refused, and proves nothing. */
	return f.finding == probes[i].finding && strcmp(f.name, "none") != 0 ? 0 : -ENOTSUP;
}

/**
 * region_probe() - does clamd find what it must?
 * @limit: the most bytes that it scans of one file, unpacked content included
 * @why: for -ENOTSUP: set to the remedy
 *
 * Return: 0; -ENOTSUP: its "OK" cannot be relied on; -ENOENT, -ECONNREFUSED: clamd does not run;
 * -ECANCELED: @stop was set; or an errno.
 */
int region_probe(const char *socket, uint64_t limit, const char **why, const atomic_bool *stop)
{
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(probes) / sizeof(probes[0]); i++) {
		err = one(socket, i, limit, stop);
		*why = probes[i].why;
	}
	return err;
}
