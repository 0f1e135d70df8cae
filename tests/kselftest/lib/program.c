// SPDX-License-Identifier: GPL-2.0-or-later
/* program.c - the smallest programs that run (see gth.h). */
#include "gth.h"

#include <stdlib.h>
#include <string.h>

struct elf_header {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

/**
 * gth_program() - a whole ELF program that exits with a status, and nothing else
 * @image: room for it
 * @interpreter: its ELF interpreter, or NULL
 * @base: where it is mapped; a program and its interpreter want different ones
 * @code: the status
 *
 * It fills a page: Linux 6.1 clears the rest of an interpreter's last one, and
 * fails where that is read-only.
 */
void gth_program(uint8_t image[GTH_PROGRAM_SIZE], const char *interpreter, unsigned long base,
		 int code)
{
	/* mov $code, %edi; mov $SYS_exit, %eax; syscall */
	uint8_t text[] = { 0xbf, (uint8_t)code, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05 };
	struct elf_header h = {
		.ident = { 0x7f, 'E', 'L', 'F', 2, 1, 1 },
		.type = 2,
		.machine = 62,
		.version = 1,
		.phoff = sizeof(h),
		.ehsize = sizeof(h),
		.phentsize = sizeof(struct elf_segment),
		.phnum = 2,
	};
	size_t at = sizeof(h) + 2 * sizeof(struct elf_segment);
	struct elf_segment s[2] = { { 0 } };

	memset(image, 0, GTH_PROGRAM_SIZE);
	h.entry = base + at;
	s[1] = (struct elf_segment) { .type = 1,
				      .flags = 5,
				      .vaddr = base,
				      .paddr = base,
				      .filesz = GTH_PROGRAM_SIZE,
				      .memsz = GTH_PROGRAM_SIZE,
				      .align = 4096 };
	/* PT_NULL without an interpreter, PT_INTERP with one */
	if (interpreter) {
		s[0] = (struct elf_segment) { .type = 3,
					      .flags = 4,
					      .offset = at + sizeof(text),
					      .filesz = strlen(interpreter) + 1,
					      .memsz = strlen(interpreter) + 1,
					      .align = 1 };
		memcpy(image + at + sizeof(text), interpreter, strlen(interpreter) + 1);
	}
	memcpy(image, &h, sizeof(h));
	memcpy(image + sizeof(h), s, sizeof(s));
	memcpy(image + at, text, sizeof(text));
	gth_salt(image + GTH_PROGRAM_SIZE - 16, 16);
}

int gth_make_program(struct gth_file *f, const struct gth_place *place, const char *name,
		     const char *interpreter, int code)
{
	uint8_t image[GTH_PROGRAM_SIZE];

	gth_program(image, interpreter, interpreter ? 0x10000000 : 0x400000, code);
	return gth_make(f, place, name, 0755, image, sizeof(image));
}
