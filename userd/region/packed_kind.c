// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * packed_kind.c - the marks of archives (see packed_kind.h).
 *
 * libarchive looks for some marks anywhere in the first part of a program, and takes programs that
 * only contain the mark for archives. Here a mark counts only at its place.
 */
#include "region/packed_kind.h"

#include <string.h>

#define ZIP_END 22	  /* bytes of the end of the central directory (APPNOTE.TXT 4.3.16) */
#define ZIP_COMMENT 65535 /* the most that may follow it */
#define ZIP64 0xffffffffU /* the number is in the ZIP64 record */

static const struct {
	size_t at, len;
	const char *bytes;
	enum region_packed_kind kind;
} marks[] = {
	{ 0, 4, "PK\3\4", REGION_KIND_ZIP },
	{ 0, 8, "PK00PK\3\4", REGION_KIND_ZIP },
	{ 0, 4, "PK\5\6", REGION_KIND_ZIP },
	{ 0, 6, "7z\xbc\xaf\x27\x1c", REGION_KIND_7ZIP },
	{ 0, 7, "Rar!\x1a\x07\x00", REGION_KIND_RAR },
	{ 0, 8, "Rar!\x1a\x07\x01\x00", REGION_KIND_RAR5 },
	{ 0, 8, "MSCF\0\0\0\0", REGION_KIND_CAB },
	{ 0, 6, "xar!\0\x1c", REGION_KIND_XAR },
	{ 0, 8, "!<arch>\n", REGION_KIND_AR },
	{ 257, 5, "ustar", REGION_KIND_TAR },
	{ 32769, 5, "CD001", REGION_KIND_ISO },
	{ 0, 2, "\xc7\x71", REGION_KIND_CPIO },
	{ 0, 2, "\x71\xc7", REGION_KIND_CPIO },
	{ 0, 4,
	  "\x7f"
	  "ELF",
	  REGION_KIND_PROGRAM },
	{ 0, 2, "MZ", REGION_KIND_PROGRAM },
};

static bool digits(const uint8_t *data, size_t size, size_t len, const char *of)
{
	if (size < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!data[i] || !strchr(of, data[i]))
			return false;
	return true;
}

/* Checks the whole header, because a text may begin with the same six digits. */
static bool cpio(const uint8_t *data, size_t size)
{
	if (size < 6)
		return false;
	if (!memcmp(data, "070707", 6))
		return digits(data, size, 76, "01234567");
	return (!memcmp(data, "070701", 6) || !memcmp(data, "070702", 6)) &&
	       digits(data, size, 110, "0123456789abcdefABCDEF");
}

static bool lha(const uint8_t *data, size_t size)
{
	return size > 20 && data[2] == '-' && data[3] == 'l' &&
	       (data[4] == 'h' || data[4] == 'z') && data[6] == '-' && data[20] <= 3;
}

/* region_packed_kind() - the kind of archive that a file claims to be */
enum region_packed_kind region_packed_kind(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (size >= marks[i].at + marks[i].len &&
		    !memcmp(data + marks[i].at, marks[i].bytes, marks[i].len))
			return marks[i].kind;
	if (cpio(data, size))
		return REGION_KIND_CPIO;
	return lha(data, size) ? REGION_KIND_LHA : REGION_KIND_NONE;
}

/*
 * region_packed_lzma() - is it a file of lzma(1)?
 *
 * The format has no mark. Accepted are the usual properties, a dictionary of whole 64 KiB, and a
 * size that is unknown or below 1 TiB.
 */
bool region_packed_lzma(const uint8_t *data, size_t size)
{
	static const uint8_t unknown[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	return size > 13 && !memcmp(data, "\x5d\0\0", 3) &&
	       (!memcmp(data + 5, unknown, 8) || !memcmp(data + 10, "\0\0\0", 3));
}

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Does the directory begin at the place that its end record gives? */
static bool directory_there(const uint8_t *data, size_t end)
{
	uint32_t len = le32(data + end + 12), at = le32(data + end + 16);

	if (len == ZIP64 || at == ZIP64)
		return true;
	if ((uint64_t)at + len > end)
		return false;
	return !len || (len >= 4 && !memcmp(data + at, "PK\1\2", 4));
}

/**
 * region_zip_whole() - has a ZIP file that begins with a member its directory?
 *
 * A file that is cut off may end with the directory of a member that is a ZIP file; that
 * directory's place does not fit this file.
 */
bool region_zip_whole(const uint8_t *data, size_t size)
{
	size_t least = size > ZIP_END + ZIP_COMMENT ? size - ZIP_END - ZIP_COMMENT : 0;

	if (size < ZIP_END)
		return false;
	for (size_t at = size - ZIP_END + 1; at-- > least;)
		if (!memcmp(data + at, "PK\5\6", 4) && directory_there(data, at))
			return true;
	return false;
}
