// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * packed_formats.c - archives that libarchive reads and does not write: CAB, LHA and RAR.
 *
 * Each is made here, byte by byte as its format is described, of one member. Most members
 * are stored; the others are what a packer would write of them, in its simplest form.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "region/packed.h"
#include "tests/unit/packed_formats.h"
#include "tests/unit/tap.h"

static uint8_t out[16384]; /* what was written for the engine */
static size_t written;

static int keep(void *context, const void *data, size_t len)
{
	(void)context;
	if (written + len > sizeof(out))
		return -ENOSPC;
	memcpy(out + written, data, len);
	written += len;
	return 0;
}

static int reading(const struct bytes *b)
{
	static const struct region_packed_sink sink = { .write = keep };
	static const struct region_packed_limits limits = {
		.bytes = 1 << 20, .held = 1 << 20, .members = 10, .depth = 3
	};

	written = 0;
	return region_packed_read(b->data, b->size, &limits, &sink);
}

/* Is the member in what was written: the second block of a tar archive? */
static bool is_written(const struct bytes *member)
{
	return written >= 512 + member->size && !memcmp(out + 512, member->data, member->size);
}

static const struct {
	const char *name;
	void (*make)(struct bytes *b, const struct bytes *member, const char *change);
	bool engine; /* unpacks it by itself */
	bool sums;   /* libarchive compares them: version 3.6 does not those of RAR */
	int end;     /* bytes of its end mark: without it, it is cut off between two members */
} formats[] = {
	{ "cab", make_cab, true, true, 0 },
	{ "cab_mszip", make_cab_mszip, true, true, 0 },
	{ "lha_level_0", make_lha_0, false, true, 1 },
	{ "lha_level_1", make_lha_1, false, true, 1 },
	{ "lha_level_2", make_lha_2, false, true, 1 },
	{ "rar", make_rar, false, false, 7 },
	{ "rar5", make_rar5, false, false, 8 },
};

static const char *named(const char *format, const char *what)
{
	static char name[100];

	snprintf(name, sizeof(name), "%s%s", format, what);
	return name;
}

/* Is it taken for whole without some of its bytes, apart from the end mark? */
static size_t unnoticed(struct bytes b, size_t end)
{
	size_t whole = b.size - end, n = 0;

	for (b.size = whole / 2; b.size < whole; b.size++)
		if (reading(&b) == REGION_PACKED_READ) {
			n++;
			tap_note("%zu of %zu bytes are taken for all", b.size, whole + end);
		}
	return n;
}

static void test_format(size_t i, const struct bytes *text, const struct bytes *zip)
{
	const char *name = formats[i].name;
	struct bytes b;

	formats[i].make(&b, text, "");
	if (!tap_is(reading(&b), REGION_PACKED_READ, named(name, "_is_read_to_its_end")))
		return;
	tap_ok(formats[i].engine ? !written : is_written(text),
	       named(name, formats[i].engine ? "_is_the_engines" : "_is_unpacked_for_the_engine"));
	tap_is(unnoticed(b, (size_t)formats[i].end), 0,
	       named(name, "_is_not_whole_without_a_byte"));
	formats[i].make(&b, text, "sum");
	if (formats[i].sums)
		tap_is(reading(&b), REGION_PACKED_DAMAGED,
		       named(name, "_with_another_sum_is_damaged"));
	formats[i].make(&b, text, "method");
	tap_is(reading(&b), REGION_PACKED_METHOD, named(name, "_by_an_unknown_method_is_unknown"));
	formats[i].make(&b, zip, "");
	tap_is(reading(&b), REGION_PACKED_ENCRYPTED, named(name, "_is_looked_into"));
}

int main(void)
{
	static struct bytes text, zip, b;

	for (int i = 0; i < 1000; i++)
		add(&text, "abcdefghij" + i % 10, 1);
	make_encrypted_zip(&zip);
	tap_is(reading(&zip), REGION_PACKED_ENCRYPTED, "an_encrypted_zip_is_one");
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		test_format(i, &text, &zip);
	make_lha_packed(&b, &text, 1000);
	tap_is(reading(&b), REGION_PACKED_READ, "lh5_is_read_to_its_end");
	tap_ok(is_written(&text), "lh5_is_unpacked_for_the_engine");
	make_rar(&b, &text, "encrypted");
	tap_is(reading(&b), REGION_PACKED_ENCRYPTED, "rar_with_a_member_that_is_encrypted_is_one");
	make_rar(&b, &text, "headers");
	tap_is(reading(&b), REGION_PACKED_ENCRYPTED, "rar_with_headers_that_are_encrypted_is_one");
	make_rar5(&b, &text, "headers");
	tap_is(reading(&b), REGION_PACKED_ENCRYPTED, "rar5_with_headers_that_are_encrypted_is_one");
	return tap_done();
}
