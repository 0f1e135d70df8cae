// SPDX-License-Identifier: GPL-2.0-or-later
/* mime.c - the type of a file, from its content (see mime.h). */
#include "daemon/store/mime.h"

#include <errno.h>
#include <magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/io.h"

/* Types of programs: machine code, scripts, and packages. */
static const char *const programs[] = {
	"application/x-executable",
	"application/x-pie-executable",
	"application/x-sharedlib",
	"application/x-object",
	"application/x-archive", /* of objects */
	"application/x-mach-binary",
	"application/x-dosexec",
	"application/vnd.microsoft.portable-executable",
	"application/x-msdownload",
	"application/x-msi",
	"application/x-ms-shortcut",
	"application/java-archive",
	"application/x-java-applet",
	"application/x-java-jnlp-file",
	"application/vnd.android.package-archive",
	"application/x-rpm",
	"application/vnd.debian.binary-package",
	"application/x-debian-package",
	"application/wasm",
	"application/javascript",
	"application/x-javascript",
	"application/x-bytecode.python",
	"application/x-shellscript",
	"application/x-perl",
	"application/x-ruby",
	"application/x-php",
	"application/x-lua-bytecode",
	"text/javascript",
	"text/x-awk",
	"text/x-gawk",
	"text/x-nawk",
	"text/x-lua",
	"text/x-perl",
	"text/x-php",
	"text/x-python",
	"text/x-script.python",
	"text/x-ruby",
	"text/x-shellscript",
	"text/x-systemtap",
	"text/x-tcl",
};

/* First bytes of files that the kernel or a loader runs, whatever libmagic calls them. */
static const struct {
	const char *bytes;
	size_t len;
} starts[] = {
	{ "#!", 2 },
	{ "\x7f\x45LF", 4 },
	{ "MZ", 2 },
	{ "\xca\xfe\xba\xbe", 4 },
	{ "\xcf\xfa\xed\xfe", 4 },
	{ "\0asm", 4 },
	{ "!<arch>\n", 8 },
};

int gth_mime_open(struct gth_mime *t)
{
	magic_t magic = magic_open(MAGIC_MIME_TYPE);

	memset(t, 0, sizeof(*t));
	t->magic = magic;
	t->buffer = malloc(GTH_MIME_BYTES);
	if (magic && t->buffer && !magic_load(magic, NULL))
		return 0;
	gth_mime_close(t);
	return magic ? -ENOENT : -ENOMEM;
}

void gth_mime_close(struct gth_mime *t)
{
	if (t->magic)
		magic_close(t->magic);
	free(t->buffer);
	memset(t, 0, sizeof(*t));
}

/* D3 or D4, by libmagic's type and by the first bytes. */
enum gth_data_class gth_mime_class(const char *type, const void *bytes, size_t len)
{
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (len >= starts[i].len && !memcmp(bytes, starts[i].bytes, starts[i].len))
			return GTH_D3;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (!strcmp(type, programs[i]))
			return GTH_D3;
	return GTH_D4;
}

/* TYPE/SUBTYPE of a few characters only, because it goes into a signed text. */
static bool well_formed(const char *type)
{
	size_t len = strlen(type);

	return len && len < GTH_TYPE_SIZE && strchr(type, '/') &&
	       strspn(type,
		      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/.+-_") == len;
}

/* Reads by pread(2), so that the descriptor's position stays. Return: 0 or an errno of reading. */
int gth_mime_of(struct gth_mime *t, int fd, char type[GTH_TYPE_SIZE], enum gth_data_class *class)
{
	ssize_t n = gth_pread_full(fd, t->buffer, GTH_MIME_BYTES, 0);
	const char *found;

	if (n < 0)
		return (int)n;
	found = magic_buffer(t->magic, t->buffer, (size_t)n);
	snprintf(type, GTH_TYPE_SIZE, "%s",
		 found && well_formed(found) ? found : "application/octet-stream");
	*class = gth_mime_class(type, t->buffer, (size_t)n);
	return 0;
}
