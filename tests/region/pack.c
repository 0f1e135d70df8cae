// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pack.c - makes an archive in any format that libarchive writes.
 *
 *	pack OUT FORMAT FILTER OPTIONS MEMBER...
 *
 * FILTER and OPTIONS may be empty. Exit status: 0; 1, and why; 64 usage.
 */
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct archive *out;

static void need(int rc)
{
	if (rc == ARCHIVE_OK)
		return;
	fprintf(stderr, "pack: %s\n", archive_error_string(out));
	exit(1);
}

static void add(const char *path)
{
	struct archive_entry *e = archive_entry_new();
	FILE *in = fopen(path, "re");
	char buffer[65536];
	size_t n;

	if (!e || !in || fseek(in, 0, SEEK_END)) {
		perror(path);
		exit(1);
	}
	archive_entry_set_pathname(e, path);
	archive_entry_set_size(e, ftell(in));
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	need(archive_write_header(out, e));
	rewind(in);
	while ((n = fread(buffer, 1, sizeof(buffer), in)))
		if (archive_write_data(out, buffer, n) != (la_ssize_t)n)
			need(ARCHIVE_FATAL);
	fclose(in);
	archive_entry_free(e);
}

int main(int argc, char **argv)
{
	if (argc < 6) {
		fputs("usage: pack OUT FORMAT FILTER OPTIONS MEMBER...\n", stderr);
		return 64;
	}
	out = archive_write_new();
	need(archive_write_set_format_by_name(out, argv[2]));
	if (*argv[3])
		need(archive_write_add_filter_by_name(out, argv[3]));
	if (*argv[4])
		need(archive_write_set_options(out, argv[4]));
	need(archive_write_open_filename(out, argv[1]));
	for (int i = 5; i < argc; i++)
		add(argv[i]);
	need(archive_write_close(out));
	archive_write_free(out);
	return 0;
}
