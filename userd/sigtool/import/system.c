// SPDX-License-Identifier: GPL-2.0-or-later
/* system.c - the files of an installed system (see system.h). */
#include "sigtool/import/system.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CHUNK (256U << 10)
#define TRIES 64 /* openat2(2) gives up when a directory on the way is renamed meanwhile */

/* Return: 0 or a negative errno; after both system_close(). */
int system_open(struct system *s, const char *dir)
{
	*s = (struct system) { .root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC) };
	if (s->root < 0)
		return -errno;
	s->sha256 = EVP_MD_CTX_new();
	s->other = EVP_MD_CTX_new();
	return s->sha256 && s->other ? 0 : -ENOMEM;
}

void system_close(struct system *s)
{
	EVP_MD_CTX_free(s->sha256);
	EVP_MD_CTX_free(s->other);
	if (s->root >= 0)
		close(s->root);
	*s = (struct system) { .root = -1 };
}

static int open_in(const struct system *s, const char *path, unsigned int flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int fd, tries = 0;

	do {
		fd = (int)syscall(SYS_openat2, s->root, path, &how, sizeof(how));
	} while (fd < 0 && (errno == EINTR || (errno == EAGAIN && tries++ < TRIES)));
	return fd < 0 ? -errno : fd;
}

/* Before the file is opened: an open alone can make a device do something. */
static int regular(const struct system *s, const char *path)
{
	int fd = open_in(s, path, O_PATH | O_NOFOLLOW);
	struct stat st;
	int err;

	if (fd < 0)
		return fd;
	err = fstat(fd, &st) ? -errno : S_ISREG(st.st_mode) ? 0 : -ENXIO;
	close(fd);
	return err;
}

/**
 * system_file() - opens a regular file for reading
 * @s: the system
 * @path: from its root; a slash at the beginning is the same as none
 *
 * The descriptor is non-blocking: the path may lead to another file by then.
 *
 * Return: a descriptor; -ENXIO: something else than a regular file, a symbolic link for
 * instance; or another negative errno.
 */
int system_file(const struct system *s, const char *path)
{
	int err = regular(s, path), fd;
	struct stat st;

	if (err)
		return err;
	fd = open_in(s, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	if (fd < 0)
		return fd == -ELOOP ? -ENXIO : fd;
	err = fstat(fd, &st) ? -errno : S_ISREG(st.st_mode) ? 0 : -ENXIO;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* Return: a descriptor, or a negative errno. A symbolic link is followed within the system. */
int system_directory(const struct system *s, const char *path)
{
	return open_in(s, path, O_RDONLY | O_DIRECTORY);
}

/* False also if that cannot be found out. */
bool system_is_regular(const struct system *s, const char *path)
{
	return !regular(s, path);
}

static const char changing[] = "a file that changed while it was read";

/* Not past the size that it began with, or a file could have no end. */
static int hash(struct system *s, int fd, u64 size, bool other, const char **why)
{
	static char chunk[CHUNK];
	u64 have = 0;

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			*why = "a file that cannot be read";
			return 0;
		}
		have += (u64)n;
		if (have > size || (!n && have < size)) {
			*why = changing;
			return 0;
		}
		if (!n)
			return 1;
		if (EVP_DigestUpdate(s->sha256, chunk, (size_t)n) != 1 ||
		    (other && EVP_DigestUpdate(s->other, chunk, (size_t)n) != 1))
			return -ENOMEM;
	}
}

static int hash_file(struct system *s, int fd, const EVP_MD *other, const char **why)
{
	struct stat st;
	int rc;

	if (fstat(fd, &st))
		return -errno;
	if ((u64)st.st_size > SYSTEM_FILE_MAX) {
		*why = "a file of more than 16 GiB";
		return 0;
	}
	if (EVP_DigestInit_ex(s->sha256, EVP_sha256(), NULL) != 1)
		return -ENOMEM;
	if (other && EVP_DigestInit_ex(s->other, other, NULL) != 1) {
		*why = "a sum by an algorithm that OpenSSL refuses here";
		return 0;
	}
	rc = hash(s, fd, (u64)st.st_size, other, why);
	if (rc == 1 && (EVP_DigestFinal_ex(s->sha256, s->digest, NULL) != 1 ||
			(other && EVP_DigestFinal_ex(s->other, s->sum, NULL) != 1)))
		return -ENOMEM;
	return rc;
}

static const char *why_not_opened(int err)
{
	switch (err) {
	case -ENOENT:
	case -ENOTDIR:
		return "a file that is missing";
	case -ENXIO:
		return "a name of something else than a regular file";
	case -EACCES:
	case -EPERM:
		return "a file that this user may not read";
	default:
		return "a file that cannot be opened";
	}
}

/**
 * system_digests() - reads a file once for its SHA-256 and its digest by another algorithm
 * @s: the system; digest and sum are set
 * @path: as for system_file()
 * @other: the other algorithm, or NULL
 * @why: set to a constant after 0
 *
 * Return: 1; 0: it cannot be read; or a negative errno of this process.
 */
int system_digests(struct system *s, const char *path, const EVP_MD *other, const char **why)
{
	int fd = system_file(s, path), rc;

	if (fd == -EMFILE || fd == -ENFILE || fd == -ENOMEM || fd == -ENOSYS)
		return fd;
	if (fd < 0) {
		*why = why_not_opened(fd);
		return 0;
	}
	rc = hash_file(s, fd, other, why);
	close(fd);
	return rc;
}
