// SPDX-License-Identifier: GPL-2.0-or-later
/* file.c - files to be judged, each with a digest of its own (see gth.h). */
#include "gth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/sha.h>

void gth_sha256(const void *data, size_t len, uint8_t digest[GTH_DIGEST_SIZE])
{
	SHA256(data, len, digest);
}

int gth_make(struct gth_file *f, const struct gth_place *place, const char *name, mode_t mode,
	     const void *data, size_t len)
{
	const struct timespec read_later[2] = { { .tv_sec = time(NULL) + 3600 },
						{ .tv_nsec = UTIME_OMIT } };
	const char *p = data;
	size_t left = len;
	int fd, ret = 0;

	snprintf(f->path, sizeof(f->path), "%s/%s", place->dir, name);
	gth_sha256(data, len, f->digest);
	fd = open(f->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	while (left) {
		ssize_t n = write(fd, p, left);

		if (n < 0) {
			ret = -errno;
			break;
		}
		p += n;
		left -= (size_t)n;
	}
	/* On xfs a late allocation and the first read count as changes of the file. */
	if (!ret && (fchmod(fd, mode) || fsync(fd) || futimens(fd, read_later)))
		ret = -errno;
	close(fd);
	return ret;
}

/* gth_salt() - so that no two files of all tests have the same digest. */
void gth_salt(void *at, size_t len)
{
	if (getrandom(at, len, 0) != (ssize_t)len)
		abort();
}

static void salt_hex(char *at, size_t len)
{
	uint8_t raw[8];

	gth_salt(raw, sizeof(raw));
	for (size_t i = 0; i < len; i++)
		at[i] = "0123456789abcdef"[raw[i % 8] >> (i / 8 % 2 * 4) & 15];
}

/* gth_make_code() - content that open_scope=code judges, without an exec bit */
int gth_make_code(struct gth_file *f, const struct gth_place *place, const char *name)
{
	char text[64] = "#!/nowhere ";

	salt_hex(text + 11, 16);
	return gth_make(f, place, name, 0644, text, 27);
}

/* gth_make_text() - content that open_scope=code leaves out */
int gth_make_text(struct gth_file *f, const struct gth_place *place, const char *name)
{
	char text[64] = "plain text ";

	salt_hex(text + 11, 16);
	return gth_make(f, place, name, 0644, text, 27);
}

/* gth_make_size() - content that open_scope=code judges, of len bytes */
int gth_make_size(struct gth_file *f, const struct gth_place *place, const char *name, size_t len)
{
	char *data = malloc(len);
	int ret = -ENOMEM;

	if (!data)
		return ret;
	memset(data, 'x', len);
	memcpy(data, "#!/nowhere ", 11);
	salt_hex(data + 11, 16);
	/* The end counts as well. */
	salt_hex(data + len - 16, 16);
	ret = gth_make(f, place, name, 0644, data, len);
	free(data);
	return ret;
}

int gth_make_script(struct gth_file *f, const struct gth_place *place, const char *name,
		    const char *interpreter)
{
	char text[256];
	int n = snprintf(text, sizeof(text), "#!%s\n", interpreter);

	salt_hex(text + n, 16);
	return gth_make(f, place, name, 0755, text, (size_t)n + 16);
}

/* gth_copy() - another file's content */
int gth_copy(struct gth_file *f, const struct gth_place *place, const char *name, const char *from)
{
	int fd = open(from, O_RDONLY | O_CLOEXEC), ret;
	struct stat st;
	char *data;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st)) {
		close(fd);
		return -errno;
	}
	data = malloc((size_t)st.st_size);
	if (!data || read(fd, data, (size_t)st.st_size) != st.st_size)
		ret = -EIO;
	else
		ret = gth_make(f, place, name, 0644, data, (size_t)st.st_size);
	free(data);
	close(fd);
	return ret;
}

const char *gth_bare_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
