// SPDX-License-Identifier: GPL-2.0-or-later
/* magic.c - what core/magic.c takes for code, and that it reads no further than it may. */
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "core/magic.h"
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define HEAD(text) (text), sizeof(text) - 1

/* Heads as the formats' own descriptions have them; what follows does not matter. */
static const struct {
	size_t offset;
	const char *bytes;
	size_t len;
	const char *name;
} code[] = {
	{ 0,
	  HEAD("\x7f"
	       "ELF"),
	  "elf_is_code" },
	{ 0, HEAD("MZ"), "pe_is_code" },
	{ 0, HEAD("\xcf\xfa\xed\xfe"), "mach_o_is_code" },
	{ 0, HEAD("\xca\xfe\xba\xbe"), "java_class_is_code" },
	{ 0, HEAD("\0asm"), "webassembly_is_code" },
	{ 0, HEAD("dex\n"), "dalvik_is_code" },
	{ 2, HEAD("\r\n"), "python_bytecode_is_code" },
	{ 0, HEAD("X5O!P%@AP"), "eicar_is_code" },
	{ 0, HEAD("#!"), "script_is_code" },
	{ 0, HEAD("\xef\xbb\xbf#!"), "script_behind_byte_order_mark_is_code" },
	{ 0, HEAD("<?php"), "php_is_code" },
	{ 0, HEAD("<script"), "html_script_is_code" },
	{ 0, HEAD("PK\x03\x04"), "zip_is_code" },
	{ 0, HEAD("PK\x05\x06"), "empty_zip_is_code" },
	{ 0, HEAD("\x1f\x8b"), "gzip_is_code" },
	{ 0, HEAD("BZh"), "bzip2_is_code" },
	{ 0,
	  HEAD("\xfd"
	       "7zXZ\0"),
	  "xz_is_code" },
	{ 0, HEAD("\x28\xb5\x2f\xfd"), "zstd_is_code" },
	{ 0, HEAD("7z\xbc\xaf\x27\x1c"), "7z_is_code" },
	{ 0, HEAD("Rar!\x1a\x07"), "rar_is_code" },
	{ 0, HEAD("!<arch>"), "ar_and_deb_are_code" },
	{ 0, HEAD("\xed\xab\xee\xdb"), "rpm_is_code" },
	{ 2, HEAD("-lh"), "lha_is_code" },
	{ 257, HEAD("ustar"), "tar_is_code" },
	{ 0, HEAD("%PDF-"), "pdf_is_code" },
	{ 0, HEAD("%!PS"), "postscript_is_code" },
	{ 0, HEAD("{\\rtf"), "rtf_is_code" },
	{ 0, HEAD("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "ole2_is_code" },
	{ 0, HEAD("L\0\0\0\x01\x14\x02\0"), "windows_shortcut_is_code" },
	{ 0, HEAD("From "), "mailbox_is_code" },
};

static const struct {
	const char *bytes;
	size_t len;
	const char *name;
} data[] = {
	{ HEAD(""), "empty_file_is_data" },
	{ HEAD("\n"), "blank_line_is_data" },
	{ HEAD("Hello, world\n"), "text_is_data" },
	{ HEAD("Gr\xc3\xbc\xc3\x9f Gott\n"), "utf8_text_is_data" },
	{ HEAD("\xff\xd8\xff\xe0\0\x10JFIF\0"), "jpeg_is_data" },
	{ HEAD("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "png_is_data" },
	{ HEAD("GIF89a"), "gif_is_data" },
	{ HEAD("RIFF\x24\0\0\0WAVEfmt "), "wav_is_data" },
	{ HEAD("\0\0\0\x20"
	       "ftypisom"),
	  "mp4_is_data" },
	{ HEAD("OggS\0\x02"), "ogg_is_data" },
	{ HEAD("ID3\x04"), "mp3_is_data" },
	{ HEAD("SQLite format 3\0"), "sqlite_is_data" },
	{ HEAD("{\"key\": [1, 2]}\n"), "json_is_data" },
	{ HEAD("key = value\n"), "configuration_is_data" },
	{ HEAD("# comment\n"), "comment_is_data" },
	{ HEAD(" #!/bin/sh\n"), "interpreter_line_behind_a_space_is_data" },
	{ HEAD("0 1 2 3 4 5 6 7 8 9\n"), "numbers_are_data" },
	{ HEAD("\x7f"
	       "ELE"),
	  "almost_elf_is_data" },
	{ HEAD("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "zeros_are_data" },
};

/* A copy of exactly the length, so that the sanitizer sees a read past it. */
static bool is_code(const u8 *head, size_t len)
{
	u8 *copy = malloc(len);
	bool ret;

	if (!copy && len)
		abort();
	if (len)
		memcpy(copy, head, len);
	ret = gth_magic_is_code(copy, len);
	free(copy);
	return ret;
}

static void test_code(void)
{
	unsigned int long_heads = 0, short_heads = 0, late = 0;
	u8 head[GTH_MAGIC_BYTES];

	for (size_t i = 0; i < sizeof(code) / sizeof(code[0]); i++) {
		size_t at = code[i].offset, end = at + code[i].len;

		memset(head, 0, sizeof(head));
		memcpy(head + at, code[i].bytes, code[i].len);
		tap_ok(is_code(head, end), code[i].name);
		long_heads += !is_code(head, sizeof(head));
		short_heads += is_code(head, end - 1);
		memset(head, 0, sizeof(head));
		memcpy(head + at + 1, code[i].bytes, code[i].len);
		late += is_code(head, sizeof(head));
	}
	tap_is(long_heads, 0, "what_follows_a_magic_does_not_matter");
	tap_is(short_heads, 0, "a_magic_cut_by_a_byte_is_data");
	tap_is(late, 0, "a_magic_a_byte_too_late_is_data");
}

static void test_data(void)
{
	for (size_t i = 0; i < sizeof(data) / sizeof(data[0]); i++)
		tap_ok(!is_code((const u8 *)data[i].bytes, data[i].len), data[i].name);
}

/* Lower-case prose: no magic is made of these letters, so none may match. */
static void test_random_text(void)
{
	static const char letters[] = "etaoinshrdlucmfwypvgbk,.    \n";
	unsigned int taken = 0;
	u8 head[GTH_MAGIC_BYTES];

	for (unsigned int n = 0; n < 5000; n++) {
		size_t len = random_below(sizeof(head) + 1);

		for (size_t i = 0; i < len; i++)
			head[i] = (u8)letters[random_below(sizeof(letters) - 1)];
		taken += is_code(head, len);
	}
	tap_is(taken, 0, "random_prose_is_data");
}

static void test_lengths(void)
{
	unsigned int lost = 0, taken = 0;
	u8 head[GTH_MAGIC_BYTES];

	for (unsigned int n = 0; n < 200; n++) {
		bool before = false;

		random_bytes(head, sizeof(head));
		/* Half of them become a magic where the length allows it. */
		if (n % 2)
			memcpy(head + code[n % 30].offset, code[n % 30].bytes, code[n % 30].len);
		for (size_t len = 0; len <= sizeof(head); len++) {
			bool now = is_code(head, len);

			lost += before && !now;
			before = now;
		}
		taken += n % 2 && before;
	}
	tap_is(lost, 0, "more_bytes_never_make_code_data");
	tap_is(taken, 100, "reads_heads_of_0_to_512_bytes_and_no_more");
}

int main(void)
{
	random_start();
	test_code();
	test_data();
	test_random_text();
	test_lengths();
	return tap_done();
}
