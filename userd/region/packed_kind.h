/* SPDX-License-Identifier: GPL-2.0-or-later */
/* packed_kind.h - the kind of archive that a file claims to be, by its bytes. Pure. */
#ifndef REGION_PACKED_KIND_H
#define REGION_PACKED_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each names one reader of libarchive. */
enum region_packed_kind {
	REGION_KIND_NONE, /* no mark at its beginning; it may be an old tar, or packed as a whole */
	REGION_KIND_PROGRAM, /* an archive may follow it */
	REGION_KIND_ZIP,
	REGION_KIND_7ZIP,
	REGION_KIND_RAR,
	REGION_KIND_RAR5,
	REGION_KIND_CAB,
	REGION_KIND_XAR,
	REGION_KIND_LHA,
	REGION_KIND_AR,
	REGION_KIND_CPIO,
	REGION_KIND_ISO,
	REGION_KIND_TAR,
};

enum region_packed_kind region_packed_kind(const uint8_t *data, size_t size);
bool region_packed_lzma(const uint8_t *data, size_t size);
bool region_zip_whole(const uint8_t *data, size_t size);

#endif /* REGION_PACKED_KIND_H */
