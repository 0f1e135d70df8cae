// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * magic.c - does content look like a program, script, archive or document?
 *
 * policy/open_scope=code hashes these formats at open: those that carry code or
 * carry files that do. An error costs a hash (too many) or leaves an open
 * unjudged (too few); exec, mapping as code and kernel reads never ask here.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "core/magic.h"

struct magic {
	u16 offset;
	u8 len;
	const char *bytes;
};

#define MAGIC(at, text) { at, sizeof(text) - 1, text }

static const struct magic magics[] = {
	/* programs */
	MAGIC(0, "\177ELF"),
	MAGIC(0, "MZ"),				/* DOS, PE */
	MAGIC(0, "X5O!P%@AP"),			/* the EICAR test file, a DOS .COM */
	MAGIC(0, "\xfe\xed\xfa\xce"),		/* Mach-O */
	MAGIC(0, "\xfe\xed\xfa\xcf"),
	MAGIC(0, "\xce\xfa\xed\xfe"),
	MAGIC(0, "\xcf\xfa\xed\xfe"),
	MAGIC(0, "\xca\xfe\xba\xbe"),		/* Java class, Mach-O universal */
	MAGIC(0, "\0asm"),			/* WebAssembly */
	MAGIC(0, "dex\n"),
	MAGIC(0, "BC\xc0\xde"),			/* LLVM bitcode */
	MAGIC(0, "\x1bLua"),
	MAGIC(2, "\r\n"),			/* Python bytecode */
	MAGIC(0, "L\0\0\0\x01\x14\x02\0"),	/* Windows shortcut */
	/* scripts */
	MAGIC(0, "#!"),
	MAGIC(0, "\xef\xbb\xbf#!"),
	MAGIC(0, "<?php"),
	MAGIC(0, "<?xml"),			/* flat office documents, SVG */
	MAGIC(0, "<script"),
	MAGIC(0, "<!DOCTYPE"),
	MAGIC(0, "<html"),
	MAGIC(0, "<a href"),
	/* archives and images */
	MAGIC(0, "PK\x03\x04"),			/* zip, jar, office, apk */
	MAGIC(0, "PK\x05\x06"),
	MAGIC(0, "PK\x07\x08"),
	MAGIC(0, "\x1f\x8b"),			/* gzip */
	MAGIC(0, "\x1f\x9d"),			/* compress */
	MAGIC(0, "BZh"),
	MAGIC(0, "\xfd" "7zXZ\0"),
	MAGIC(0, "\x5d\0\0"),			/* lzma */
	MAGIC(0, "LZIP"),
	MAGIC(0, "\x28\xb5\x2f\xfd"),		/* zstd */
	MAGIC(0, "\x04\x22\x4d\x18"),		/* lz4 */
	MAGIC(0, "7z\xbc\xaf\x27\x1c"),
	MAGIC(0, "Rar!\x1a\x07"),
	MAGIC(0, "MSCF"),			/* cabinet */
	MAGIC(0, "ISc("),			/* InstallShield cabinet */
	MAGIC(0, "ITSF"),			/* compiled HTML help */
	MAGIC(0, "SZDD"),
	MAGIC(0, "\x60\xea"),			/* arj */
	MAGIC(2, "-lh"),			/* lha */
	MAGIC(0, "!<arch>"),			/* ar, deb */
	MAGIC(0, "\xed\xab\xee\xdb"),		/* rpm */
	MAGIC(0, "070701"),			/* cpio */
	MAGIC(0, "070707"),
	MAGIC(0, "\x71\xc7"),			/* cpio, binary */
	MAGIC(0, "\xc7\x71"),
	MAGIC(257, "ustar"),
	MAGIC(0, "hsqs"),			/* squashfs */
	MAGIC(0, "SIT!"),
	MAGIC(0, "(This file must be converted with BinHex"),
	MAGIC(8, "\x19\x04\0\x10"),		/* Symbian package */
	MAGIC(0, "xar!"),
	/* documents */
	MAGIC(0, "%PDF-"),
	MAGIC(0, "%!PS"),
	MAGIC(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),	/* OLE2: office, msi, mail */
	MAGIC(0, "{\\rtf"),
	MAGIC(0, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d"),	/* OneNote */
	MAGIC(0, "FWS"), MAGIC(0, "CWS"), MAGIC(0, "ZWS"),	/* Flash */
	/* mail, which carries all of them */
	MAGIC(0, "From "),
	MAGIC(0, "From: "),
	MAGIC(0, "Received: "),
	MAGIC(0, "Return-Path: "),
	MAGIC(0, "\x78\x9f\x3e\x22"),		/* TNEF */
};

/**
 * gth_magic_is_code() - does open_scope=code hash this content?
 * @head: the first bytes
 * @len: how many; GTH_MAGIC_BYTES, or all of a shorter file
 */
bool gth_magic_is_code(const u8 *head, size_t len)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(magics); i++) {
		const struct magic *m = &magics[i];

		if (len >= (size_t)m->offset + m->len &&
		    !memcmp(head + m->offset, m->bytes, m->len))
			return true;
	}
	return false;
}
