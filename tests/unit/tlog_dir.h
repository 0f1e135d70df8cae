/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tlog_dir.h - directories and entries for the tests of logs. */
#ifndef GTH_TEST_TLOG_DIR_H
#define GTH_TEST_TLOG_DIR_H

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/log/tile.h"
#include "lib/log/tlog.h"
#include "lib/util/io.h"

#define UNUSED __attribute__((unused))

/* A new directory, in memory where there is such a place: fsync costs nothing there. */
UNUSED static int scratch_dir(char path[PATH_MAX])
{
	const char *base = access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm";
	int fd;

	snprintf(path, PATH_MAX, "%s/gth-tlog-XXXXXX", base);
	fd = mkdtemp(path) ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd < 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

UNUSED static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

UNUSED static void remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Calls @each with the path of every file, relative to @root. */
static void (*each_path)(const char *path, void *arg);
static void *each_arg;
static size_t each_skip;

UNUSED static int each_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (kind == FTW_F)
		each_path(path + each_skip, each_arg);
	return 0;
}

UNUSED static void each_file(const char *root, void (*each)(const char *path, void *arg), void *arg)
{
	each_path = each;
	each_arg = arg;
	each_skip = strlen(root) + 1;
	nftw(root, each_one, 16, FTW_PHYS);
}

UNUSED static uint8_t *read_whole(int dir, const char *path, size_t *len)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	uint8_t *data = NULL;
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st)) {
		data = malloc((size_t)st.st_size + 1);
		*len = (size_t)gth_read_full(fd, data, (size_t)st.st_size);
		data[*len] = 0;
	}
	if (fd >= 0)
		close(fd);
	return data;
}

UNUSED static bool write_whole(int dir, const char *path, const void *data, size_t len)
{
	int fd = openat(dir, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool good = fd >= 0 && !gth_write_all(fd, data, len);

	if (fd >= 0)
		close(fd);
	return good;
}

struct copy {
	int from, to;
};

UNUSED static void copy_file(const char *path, void *arg)
{
	const struct copy *copy = arg;
	size_t len = 0;
	uint8_t *data = read_whole(copy->from, path, &len);

	if (gth_tile_make_dirs(copy->to, path, 0700, false) ||
	    !write_whole(copy->to, path, data, len))
		abort();
	free(data);
}

UNUSED static void copy_tree(const char *path, int from, int to)
{
	struct copy copy = { from, to };

	each_file(path, copy_file, &copy);
}

/* The entry number @i: 0 to 12 bytes, among them NUL and LF. Return: its length. */
UNUSED static size_t make_entry(uint64_t i, uint8_t out[16])
{
	size_t len = i % 13;

	for (size_t at = 0; at < len; at++)
		out[at] = (uint8_t)(i >> (8 * (at % 4))) ^ (uint8_t)(at * (i % 7));
	return len;
}

/* So many entries from number @i on, in as few appends as may be. @appends: counted, or NULL */
UNUSED static int append_entries(struct gth_tlog *log, uint64_t i, size_t n, unsigned int *appends)
{
	static uint8_t data[512][16];
	struct gth_tlog_entry entries[512];
	size_t added = 0;
	int err = n > 512 || gth_tlog_size(log) != i ? -1 : 0;

	for (size_t at = 0; at < n && !err; at++)
		entries[at] = (struct gth_tlog_entry) { data[at], make_entry(i + at, data[at]) };
	for (size_t at = 0; at < n && !err; at += added) {
		err = gth_tlog_append_all(log, entries + at, n - at, &added);
		if (!err && !added)
			err = -1;
		if (appends)
			++*appends;
	}
	return err;
}

UNUSED static int append_entry(struct gth_tlog *log, uint64_t i)
{
	uint8_t entry[16];
	uint64_t index;
	size_t len = make_entry(i, entry);
	int err = gth_tlog_append(log, entry, len, &index);

	return err ? err : index == i ? 0 : -1;
}

/* For gth_tlog_verify(): is each entry the one that make_entry() makes? @arg counts. */
UNUSED static int is_made(uint64_t index, const void *entry, size_t len, void *arg)
{
	uint64_t *count = arg;
	uint8_t wanted[16];

	if (index != *count || make_entry(index, wanted) != len || memcmp(entry, wanted, len))
		return -1;
	++*count;
	return 0;
}

/* Is it whole, and made of made entries alone? Return: its size, or -1. */
UNUSED static long long made_size(int dir, const struct gth_verifier *v)
{
	struct gth_checkpoint c;
	uint64_t count = 0;
	char bad[64];
	int err = gth_tlog_verify(dir, v, is_made, &count, &c, bad);

	if (err || count != c.size) {
		printf("# verify: %d, %s, after %llu entries\n", err, bad,
		       (unsigned long long)count);
		return -1;
	}
	return (long long)count;
}

/* Appends made entries until there are @size. */
UNUSED static bool grow(int dir, const struct gth_signer *s, uint64_t from, uint64_t size)
{
	struct gth_tlog *log;
	int err = gth_tlog_open(&log, dir, s);

	for (uint64_t i = from; i < size && !err; i++)
		err = append_entry(log, i);
	gth_tlog_close(log);
	return !err;
}

#endif /* GTH_TEST_TLOG_DIR_H */
