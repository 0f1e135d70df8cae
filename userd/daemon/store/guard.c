// SPDX-License-Identifier: GPL-2.0-or-later
/* guard.c - the facts that must outlive the database (see guard.h, docs/formats.md). */
#include "daemon/store/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/log/note.h"
#include "lib/util/atomic.h"
#include "lib/util/hex.h"
#include "lib/util/io.h"
#include "lib/util/sha256.h"

#define TITLE "gotthard-guard 1 "
#define HEAD (sizeof(TITLE) - 1 + 2 * 32 + 1) /* with the checksum and an LF */
#define SIZE_MAX_ (HEAD + 128 + GTH_NOTE_MAX)

static int checksum(const char *payload, size_t len, char hex[65])
{
	uint8_t digest[GTH_DIGEST_SIZE];
	int err = gth_sha256(payload, len, digest);

	if (!err)
		gth_hex_encode(hex, digest, GTH_DIGEST_SIZE);
	hex[64] = '\0';
	return err;
}

static int parse(struct gth_guard *g, const char *text, size_t len)
{
	unsigned long long day, files, bytes;
	const char *payload = text + HEAD, *end;
	char hex[65];
	int err;

	if (len < HEAD || memchr(text, '\0', len) || memcmp(text, TITLE, sizeof(TITLE) - 1) != 0 ||
	    text[HEAD - 1] != '\n')
		return -EUCLEAN;
	err = checksum(payload, len - HEAD, hex);
	if (err)
		return err;
	end = strchr(payload, '\n');
	if (memcmp(hex, text + sizeof(TITLE) - 1, 64) != 0 || !end ||
	    sscanf(payload, "spent %llu %llu %llu\n", &day, &files, &bytes) != 3)
		return -EUCLEAN;
	g->spent = (struct gth_spent) { day, files, bytes };
	if (!end[1])
		return 0;
	g->statement = strdup(end + 1);
	return g->statement ? 0 : -ENOMEM;
}

/* Return: 0; -ENOENT: there is none; -EUCLEAN: it is damaged; or a negative errno. */
int gth_guard_read(int dirfd, struct gth_guard *g)
{
	char *text;
	ssize_t n;
	int fd, err;

	*g = (struct gth_guard) { 0 };
	fd = openat(dirfd, GTH_GUARD_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	text = calloc(1, SIZE_MAX_ + 1);
	n = text ? gth_read_full(fd, text, SIZE_MAX_) : -ENOMEM;
	close(fd);
	err = n < 0 ? (int)n : parse(g, text, (size_t)n);
	free(text);
	return err;
}

/* Replaces the file atomically and durably. Return: 0 or a negative errno. */
int gth_guard_write(int dirfd, const struct gth_guard *g)
{
	struct gth_atomic a, *all[] = { &a };
	char *payload = NULL, hex[65];
	int err;

	if (asprintf(&payload, "spent %llu %llu %llu\n%s", (unsigned long long)g->spent.day,
		     (unsigned long long)g->spent.files, (unsigned long long)g->spent.bytes,
		     g->statement ? g->statement : "") < 0)
		return -ENOMEM;
	err = checksum(payload, strlen(payload), hex);
	if (!err)
		err = gth_atomic_create(&a, dirfd, GTH_GUARD_FILE, 0600);
	if (err) {
		free(payload);
		return err;
	}
	if (dprintf(a.fd, TITLE "%s\n", hex) != (int)HEAD)
		err = -ENOSPC;
	if (!err)
		err = gth_write_all(a.fd, payload, strlen(payload));
	if (!err)
		err = gth_atomic_commit(all, 1);
	if (err)
		gth_atomic_abort(&a);
	free(payload);
	return err;
}
