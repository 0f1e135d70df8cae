// SPDX-License-Identifier: GPL-2.0-or-later
/* packed.c - tests for userd/region/packed.c: each limit ends the reading, and nothing is taken for
 * what it is not. */
#include "region/packed.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "region/packed_kind.h"
#include "tests/unit/tap.h"

#define ROOM (1U << 20)
#define TEXT 50000

struct bytes {
	uint8_t data[ROOM];
	size_t size;
};

/* An archive with @n members that are equal. */
static void pack(struct bytes *out, const char *format, const char *options, const void *data,
		 size_t size, unsigned int n)
{
	struct archive *a = archive_write_new();
	int bad = archive_write_set_format_by_name(a, format);

	if (*options)
		bad |= archive_write_set_options(a, options);
	bad |= archive_write_open_memory(a, out->data, sizeof(out->data), &out->size);
	for (unsigned int i = 0; i < n && !bad; i++) {
		struct archive_entry *e = archive_entry_new();

		archive_entry_set_pathname(e, "member");
		archive_entry_set_size(e, (la_int64_t)size);
		archive_entry_set_filetype(e, AE_IFREG);
		bad |= archive_write_header(a, e);
		bad |= archive_write_data(a, data, size) != (la_ssize_t)size;
		archive_entry_free(e);
	}
	bad |= archive_write_close(a);
	archive_write_free(a);
	if (bad) {
		tap_note("no archive could be made: %s", format);
		exit(1);
	}
}

static int refuse(void *context, const void *data, size_t len)
{
	(void)context, (void)data, (void)len;
	return -ENOSPC;
}

static int count(void *context, const void *data, size_t len)
{
	(void)data;
	*(size_t *)context += len;
	return 0;
}

static size_t written;
static const struct region_packed_sink counting = { .write = count, .context = &written };
static const struct region_packed_limits wide = {
	.bytes = ROOM, .held = ROOM, .members = 10, .depth = 3
};

static int with(struct region_packed_limits l, const struct bytes *b)
{
	written = 0;
	return region_packed_read(b->data, b->size, &l, &counting);
}

static void test_limits(const struct bytes *tar, const struct bytes *seven, const struct bytes *in5)
{
	struct region_packed_limits l = wide;

	tap_is(with(l, tar), REGION_PACKED_READ, "ten_members_are_read_where_ten_are_allowed");
	l.members = 9;
	tap_is(with(l, tar), REGION_PACKED_LIMIT, "and_not_where_nine_are");
	l = wide;
	l.bytes = 10 * TEXT;
	tap_is(with(l, tar), REGION_PACKED_READ, "as_many_bytes_as_may_be_unpacked_are");
	l.bytes--;
	tap_is(with(l, tar), REGION_PACKED_LIMIT, "and_not_one_more");
	l = wide;
	l.held = 1000;
	tap_is(with(l, tar), REGION_PACKED_READ, "a_text_need_not_be_held_as_a_whole");
	tap_is(with(l, in5), REGION_PACKED_LIMIT, "an_archive_in_an_archive_must_be");
	tap_is(with(l, seven), REGION_PACKED_LIMIT, "and_what_is_to_be_written_out");
	l = wide;
	l.depth = 5;
	tap_is(with(l, in5), REGION_PACKED_READ,
	       "archives_are_read_down_to_the_depth_that_is_allowed");
	l.depth = 4;
	tap_is(with(l, in5), REGION_PACKED_LIMIT, "and_not_one_deeper");
}

static void test_sink(const struct bytes *tar, const struct bytes *seven)
{
	const struct region_packed_sink full = { .write = refuse };

	tap_is(with(wide, tar), REGION_PACKED_READ, "a_tar_is_read");
	tap_is(written, 0, "the_engine_unpacks_it_by_itself");
	tap_is(with(wide, seven), REGION_PACKED_READ, "so_is_a_7zip");
	tap_ok(written > TEXT && written % 512 == 0, "it_is_written_out_for_the_engine");
	tap_is(region_packed_read(seven->data, seven->size, &wide, &full), -ENOSPC,
	       "what_cannot_be_written_out_is_an_error");
}

/* A cut at any length is noticed, byte by byte where the format has an end. */
static void test_cuts(struct bytes *b, const char *name)
{
	size_t size = b->size, missed = 0;

	for (b->size = 64; b->size < size; b->size += b->size < size - 40 ? 997 : 1)
		missed += with(wide, b) != REGION_PACKED_DAMAGED;
	b->size = size;
	tap_is(missed, 0, name);
}

static void test_kinds(void)
{
	static const char digits[] = "070701 is no archive, and neither is 070707";
	static uint8_t zeros[TEXT];

	tap_is(region_packed_read(digits, sizeof(digits), &wide, &counting), REGION_PACKED_READ,
	       "a_text_that_begins_with_the_digits_of_cpio_is_a_text");
	tap_is(region_packed_read(zeros, sizeof(zeros), &wide, &counting), REGION_PACKED_READ,
	       "zeros_are_no_damaged_archive");
	tap_is(region_packed_read("", 0, &wide, &counting), REGION_PACKED_READ,
	       "nothing_is_no_archive");
	tap_is(region_packed_read("Rar!\x1a\x07", 7, &wide, &counting), REGION_PACKED_DAMAGED,
	       "the_mark_of_an_archive_alone_is_a_cut_one");
	tap_ok(!region_packed_lzma((const uint8_t *)"\x5d\0\0\1\0xxxxxxxxxx", 15),
	       "a_file_that_begins_as_lzma_by_chance_is_none");
	tap_is(region_packed_kind((const uint8_t *)"PK\3", 3), REGION_KIND_NONE,
	       "a_part_of_a_mark_is_none");
}

int main(void)
{
	static struct bytes tar, zip, seven, in[6];
	static uint8_t text[TEXT];
	uint32_t x = 1;

	/* The text cannot be compressed, so that a cut is one of content. */
	for (size_t i = 0; i < sizeof(text); i++) {
		x = x * 1664525 + 1013904223;
		text[i] = "abcdefghijklmnopqrstuvwxyz \n0123"[x >> 27];
	}
	pack(&tar, "ustar", "", text, sizeof(text), 10);
	pack(&seven, "7zip", "compression=deflate", text, sizeof(text), 1);
	pack(&zip, "zip", "compression=deflate", text, sizeof(text), 1);
	in[0] = zip;
	for (int i = 1; i < 6; i++)
		pack(&in[i], "zip", "compression=store", in[i - 1].data, in[i - 1].size, 1);
	test_limits(&tar, &seven, &in[5]);
	test_sink(&tar, &seven);
	test_cuts(&zip, "a_zip_is_not_whole_without_each_of_its_bytes");
	test_cuts(&in[1], "nor_is_one_that_holds_another");
	test_cuts(&seven, "nor_a_7zip");
	test_kinds();
	return tap_done();
}
