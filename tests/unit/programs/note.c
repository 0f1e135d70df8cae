// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * note.c - makes, signs and opens notes, for tests/unit/note.sh.
 *
 * The exit status is an errno.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/log/note.h"
#include "lib/util/io.h"

static int read_all(char *out, size_t size)
{
	ssize_t n = gth_read_full(0, out, size - 1);

	if (n < 0)
		return (int)n;
	out[n] = '\0';
	return strlen(out) == (size_t)n ? (int)n : -EBADMSG;
}

/* "I ok" or "I refused" for each of the files 0, 1, …, n - 1. */
static int judge(const char *key, const char *dir, int n)
{
	static char note[GTH_NOTE_MAX + 1];
	struct gth_verifier v;
	int err = gth_verifier_parse(&v, key);

	for (int i = 0; i < n && !err; i++) {
		char path[256];
		ssize_t got;
		size_t len;
		int fd;

		snprintf(path, sizeof(path), "%s/%d", dir, i);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			return -errno;
		got = gth_read_full(fd, note, sizeof(note));
		close(fd);
		if (got < 0)
			return (int)got;
		printf("%d %s\n", i,
		       gth_note_verify(note, (size_t)got, &v, 1, &len) ? "refused" : "ok");
	}
	return err;
}

int main(int argc, char **argv)
{
	static char in[GTH_NOTE_MAX + 2];
	char text[GTH_NOTE_KEY_SIZE], *out = in;
	struct gth_verifier known[8];
	struct gth_signer s;
	int err = EXIT_FAILURE, n;
	size_t len;

	if (argc == 3 && !strcmp(argv[1], "keygen")) {
		err = gth_signer_create(&s, argv[2]);
		if (!err)
			err = gth_signer_format(&s, text);
		if (!err)
			puts(text);
	} else if (argc == 3 && !strcmp(argv[1], "vkey")) {
		err = gth_signer_parse(&s, argv[2]);
		if (!err)
			err = gth_verifier_format(&s.verifier, text);
		if (!err)
			puts(text);
	} else if (argc == 3 && (!strcmp(argv[1], "sign") || !strcmp(argv[1], "cosign"))) {
		err = gth_signer_parse(&s, argv[2]);
		n = err ? err : read_all(in, sizeof(in));
		err = n < 0		  ? n
		      : argv[1][0] == 's' ? gth_note_sign(in, &s, &out)
					  : gth_note_cosign(in, &s, &out);
		if (!err)
			fputs(out, stdout);
		if (out != in)
			free(out);
	} else if (argc == 5 && !strcmp(argv[1], "judge")) {
		err = judge(argv[2], argv[3], atoi(argv[4]));
	} else if (argc > 2 && argc - 2 <= 8 && !strcmp(argv[1], "open")) {
		err = 0;
		for (int i = 2; i < argc && !err; i++)
			err = gth_verifier_parse(&known[i - 2], argv[i]);
		n = err ? err : (int)gth_read_full(0, in, sizeof(in));
		err = n < 0 ? n : gth_note_verify(in, (size_t)n, known, (size_t)argc - 2, &len);
		if (!err)
			fwrite(in, 1, len, stdout);
	}
	return err < 0 ? -err : err;
}
