// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * packed.c - reads archives in archives to their ends (see packed.h).
 *
 * Long because every step of the reading draws on the one budget of struct reading.
 */
#include "region/packed.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "region/packed_kind.h"

#define FIRST (64U << 10) /* the first buffer for a member, in bytes */
#define EMPTY_MAX 512	  /* the most bytes of a compressed empty file, with its name */

struct reading {
	struct region_packed_limits left;
	const struct region_packed_sink *sink;
	struct archive *out;  /* NULL: no member was written out yet */
	unsigned int written; /* members */
	int err;	      /* of the sink */
};

/* One archive. */
struct layer {
	struct archive *a;
	bool opaque; /* the engine does not unpack it */
	unsigned int depth;
};

struct member {
	uint8_t *data;
	size_t size, room;
	bool whole; /* all of it is held */
};

/* Without filters that take a text for packed (uu), or need another program. */
static void add_filters(struct archive *a, const uint8_t *data, size_t size)
{
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_compress(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_lzip(a);
	archive_read_support_filter_lz4(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_filter_rpm(a);
	/* Only after a check of our own, because libarchive takes many other files for lzma. */
	if (region_packed_lzma(data, size))
		archive_read_support_filter_lzma(a);
}

/* Formats without seeks are read through the filter; other content is one raw member. */
static void add_streams(struct archive *a)
{
	archive_read_support_format_tar(a);
	archive_read_support_format_cpio(a);
	archive_read_support_format_ar(a);
	archive_read_support_format_raw(a);
}

static void add_kind(struct archive *a, enum region_packed_kind kind)
{
	switch (kind) {
	case REGION_KIND_ZIP:
		archive_read_support_format_zip_seekable(a);
		archive_read_support_format_zip_streamable(a);
		break;
	case REGION_KIND_7ZIP:
		archive_read_support_format_7zip(a);
		break;
	case REGION_KIND_RAR:
		archive_read_support_format_rar(a);
		break;
	case REGION_KIND_RAR5:
		archive_read_support_format_rar5(a);
		break;
	case REGION_KIND_CAB:
		archive_read_support_format_cab(a);
		break;
	case REGION_KIND_XAR:
		archive_read_support_format_xar(a);
		break;
	case REGION_KIND_LHA:
		archive_read_support_format_lha(a);
		break;
	case REGION_KIND_AR:
		archive_read_support_format_ar(a);
		break;
	case REGION_KIND_CPIO:
		archive_read_support_format_cpio(a);
		break;
	case REGION_KIND_ISO:
		archive_read_support_format_iso9660(a);
		break;
	case REGION_KIND_TAR:
		archive_read_support_format_tar(a);
		break;
	case REGION_KIND_PROGRAM:
		archive_read_support_format_7zip(a);
		archive_read_support_format_zip_seekable(a);
		archive_read_support_format_raw(a);
		break;
	case REGION_KIND_NONE:
		archive_read_support_format_zip_seekable(a);
		archive_read_support_format_tar(a);
		archive_read_support_format_raw(a);
		break;
	}
}

/* These results let the reading continue. */
static bool went_on(int rc)
{
	return rc == ARCHIVE_OK || rc == ARCHIVE_WARN || rc == ARCHIVE_RETRY;
}

static enum region_packed why(struct archive *a)
{
	const char *said = archive_error_string(a);

	if (archive_errno(a) == ENOMEM)
		return REGION_PACKED_LIMIT;
	if (said && (strstr(said, "ncrypt") || strstr(said, "assphrase")))
		return REGION_PACKED_ENCRYPTED;
	if (said && (strstr(said, "nsupported") || strstr(said, "not supported")))
		return REGION_PACKED_METHOD;
	return REGION_PACKED_DAMAGED;
}

/*
 * A compressed file is read through to the format in it if that needs no seeks, else as one member.
 */
static int open_layer(struct layer *l, const uint8_t *data, size_t size)
{
	enum region_packed_kind kind = region_packed_kind(data, size);
	bool packed = false;
	int rc;

	for (;;) {
		l->a = archive_read_new();
		if (!l->a)
			return REGION_PACKED_LIMIT;
		/*
		 * A file begins with one mark: only one without a mark of marks[] may have that of
		 * a filter.
		 */
		if (kind == REGION_KIND_NONE)
			add_filters(l->a, data, size);
		if (packed)
			add_streams(l->a);
		else
			add_kind(l->a, kind);
		/*
		 * libarchive takes files that it cannot unpack for empty, so only short files may
		 * be.
		 */
		if (kind == REGION_KIND_NONE && size <= EMPTY_MAX)
			archive_read_support_format_empty(l->a);
		rc = archive_read_open_memory(l->a, data, size);
		if (!went_on(rc))
			return why(l->a);
		if (packed || archive_filter_count(l->a) == 1)
			return REGION_PACKED_READ;
		archive_read_free(l->a);
		packed = true;
	}
}

/* Called after the header of the first member was read. */
static bool is_archive(struct archive *a)
{
	return archive_filter_count(a) > 1 ||
	       (archive_format(a) & ARCHIVE_FORMAT_BASE_MASK) != ARCHIVE_FORMAT_RAW;
}

static bool known_zip(const char *name)
{
	static const char *const methods[] = { "(uncompressed)", "(deflation)", "(bzip)" };

	for (size_t i = 0; name && i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strstr(name, methods[i]))
			return true;
	return false;
}

/*
 * Does the engine unpack it? The list was found by trials with clamd 1.4; all others count as no.
 */
static bool unpacked_by_engine(struct archive *a)
{
	for (int i = 0; i < archive_filter_count(a); i++)
		switch (archive_filter_code(a, i)) {
		case ARCHIVE_FILTER_NONE:
		case ARCHIVE_FILTER_GZIP:
		case ARCHIVE_FILTER_BZIP2:
		case ARCHIVE_FILTER_XZ:
			break;
		default:
			return false;
		}
	switch (archive_format(a) & ARCHIVE_FORMAT_BASE_MASK) {
	case ARCHIVE_FORMAT_RAW:
	case ARCHIVE_FORMAT_TAR:
	case ARCHIVE_FORMAT_CPIO:
	case ARCHIVE_FORMAT_ISO9660:
	case ARCHIVE_FORMAT_XAR:
	case ARCHIVE_FORMAT_CAB:
		return true;
	case ARCHIVE_FORMAT_ZIP:
		return known_zip(archive_format_name(a));
	default:
		return false;
	}
}

static la_ssize_t sink_write(struct archive *a, void *context, const void *data, size_t len)
{
	struct reading *r = context;

	r->err = r->sink->write(r->sink->context, data, len);
	if (!r->err)
		return (la_ssize_t)len;
	archive_set_error(a, -r->err, "not written");
	return -1;
}

static int open_out(struct reading *r)
{
	r->out = archive_write_new();
	if (!r->out || archive_write_set_format_ustar(r->out) ||
	    archive_write_set_bytes_per_block(r->out, 0) ||
	    archive_write_open(r->out, r, NULL, sink_write, NULL))
		return r->err ? r->err : -ENOMEM;
	return 0;
}

/* Writes it as a member of a tar archive, which the engine can read. Return: 0, or an errno. */
static int write_out(struct reading *r, const struct member *m)
{
	struct archive_entry *e;
	char name[16];
	int err = r->out ? 0 : open_out(r);

	if (err)
		return err;
	e = archive_entry_new();
	if (!e)
		return -ENOMEM;
	snprintf(name, sizeof(name), "%u", ++r->written);
	archive_entry_set_pathname(e, name);
	archive_entry_set_size(e, (la_int64_t)m->size);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0600);
	if (archive_write_header(r->out, e) != ARCHIVE_OK ||
	    archive_write_data(r->out, m->data, m->size) != (la_ssize_t)m->size ||
	    archive_write_finish_entry(r->out) != ARCHIVE_OK)
		err = r->err ? r->err : -EIO;
	archive_entry_free(e);
	return err;
}

/* Makes room for more bytes, up to left.held. Return: is there some? */
static bool grow(struct reading *r, struct member *m)
{
	uint64_t more = m->room ? m->room : FIRST;
	uint8_t *data;

	if (m->size < m->room)
		return true;
	if (more > r->left.held)
		more = r->left.held;
	data = more ? realloc(m->data, m->room + more) : NULL;
	if (!data)
		return false;
	m->data = data;
	m->room += more;
	r->left.held -= more;
	return true;
}

static void release(struct reading *r, struct member *m)
{
	r->left.held += m->room;
	free(m->data);
}

/* Reads a member to its end; bytes beyond left.held are read and dropped. */
static int read_member(struct reading *r, struct archive *a, struct member *m)
{
	uint8_t waste[4096];

	m->whole = true;
	for (;;) {
		la_ssize_t n;

		m->whole = m->whole && grow(r, m);
		n = m->whole ? archive_read_data(a, m->data + m->size, m->room - m->size)
			     : archive_read_data(a, waste, sizeof(waste));
		if (n == ARCHIVE_RETRY)
			continue;
		if (n < 0)
			return why(a);
		if (!n)
			break;
		if ((uint64_t)n > r->left.bytes)
			return REGION_PACKED_LIMIT;
		r->left.bytes -= (uint64_t)n;
		if (m->whole)
			m->size += (size_t)n;
	}
	return REGION_PACKED_READ;
}

static int walk(struct reading *r, const uint8_t *data, size_t size, unsigned int depth);

/* A member that is not held as a whole cannot be read again, so it must not be an archive. */
static int look_into(struct reading *r, const struct layer *l, const struct member *m)
{
	struct archive_entry *e;
	struct layer head = { 0 };
	int rc;

	if (m->whole) {
		if (l->opaque) {
			r->err = write_out(r, m);
			if (r->err)
				return r->err;
		}
		return walk(r, m->data, m->size, l->depth + 1);
	}
	if (l->opaque || !m->size)
		return REGION_PACKED_LIMIT;
	rc = open_layer(&head, m->data, m->size);
	if (!rc && (archive_read_next_header(head.a, &e) != ARCHIVE_OK || is_archive(head.a)))
		rc = REGION_PACKED_LIMIT;
	archive_read_free(head.a);
	return rc ? REGION_PACKED_LIMIT : REGION_PACKED_READ;
}

static int read_one(struct reading *r, struct layer *l, struct archive_entry *e)
{
	struct member m = { 0 };
	int rc;

	if (!r->left.members--)
		return REGION_PACKED_LIMIT;
	if (archive_entry_is_encrypted(e))
		return REGION_PACKED_ENCRYPTED;
	/* Links, directories and the like hold nothing. */
	if (archive_entry_filetype(e) != AE_IFREG && archive_entry_filetype(e))
		return REGION_PACKED_READ;
	rc = read_member(r, l->a, &m);
	/* After the reading, because only then libarchive knows the method of a ZIP member. */
	l->opaque = !unpacked_by_engine(l->a);
	if (!rc)
		rc = look_into(r, l, &m);
	release(r, &m);
	return rc;
}

static int walk_layer(struct reading *r, struct layer *l, const uint8_t *data, size_t size)
{
	struct archive_entry *e;
	bool first = true;
	int rc;

	for (;;) {
		int got = archive_read_next_header(l->a, &e);

		if (got == ARCHIVE_EOF)
			break;
		if (got == ARCHIVE_RETRY)
			continue;
		if (!went_on(got))
			return why(l->a);
		if (first && !is_archive(l->a))
			return REGION_PACKED_READ;
		if (first && l->depth > r->left.depth)
			return REGION_PACKED_LIMIT;
		first = false;
		rc = read_one(r, l, e);
		if (rc)
			return rc;
	}
	if (archive_read_has_encrypted_entries(l->a) == 1)
		return REGION_PACKED_ENCRYPTED;
	if (region_packed_kind(data, size) == REGION_KIND_ZIP && !region_zip_whole(data, size))
		return REGION_PACKED_DAMAGED;
	return REGION_PACKED_READ;
}

static int walk(struct reading *r, const uint8_t *data, size_t size, unsigned int depth)
{
	struct layer l = { .depth = depth };
	int rc;

	if (!size)
		return REGION_PACKED_READ;
	rc = open_layer(&l, data, size);
	if (!rc)
		rc = walk_layer(r, &l, data, size);
	archive_read_free(l.a);
	return rc;
}

/**
 * region_packed_read() - can all that is packed in a file be unpacked?
 * @sink: gets a tar archive of the content that the engine does not unpack by itself; nothing if
 *	there is none
 *
 * Return: enum region_packed, READ for a file that is not an archive; or a negative errno: of the
 * sink, or -ENOMEM.
 */
int region_packed_read(const void *data, size_t size, const struct region_packed_limits *l,
		       const struct region_packed_sink *sink)
{
	struct reading r = { .left = *l, .sink = sink };
	int rc = walk(&r, data, size, 0);

	/* Content that was written out is scanned even if the rest cannot be read. */
	if (r.out && archive_write_close(r.out) != ARCHIVE_OK && !r.err)
		r.err = -EIO;
	archive_write_free(r.out);
	return r.err ? r.err : rc;
}
