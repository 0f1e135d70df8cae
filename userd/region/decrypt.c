// SPDX-License-Identifier: GPL-2.0-or-later
/* decrypt.c - starts the process that decrypts, and hears how it went (see decrypt.h). */
#include "decrypt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "lib/io.h"
#include "region/decrypt_status.h"
#include "region/patience.h"
#include "region/state.h"

#define PATIENCE_MS 600000

/* In the child of a process with threads: system calls only. */
static void become(int cipher, int plain, int key, char *const argv[])
{
	static char *const environment[] = { NULL };
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Above the three first, so that none is overwritten before it is used. */
	cipher = fcntl(cipher, F_DUPFD, 10);
	plain = fcntl(plain, F_DUPFD, 10);
	key = fcntl(key, F_DUPFD, 10);
	if (cipher < 0 || plain < 0 || key < 0 || dup2(cipher, 0) < 0 || dup2(plain, 1) < 0 ||
	    dup2(key, REGION_DECRYPT_KEY_FD) < 0)
		_exit(REGION_DECRYPT_BROKEN);
	close_range(REGION_DECRYPT_KEY_FD + 1, ~0U, 0);
	execve("/proc/self/exe", argv, environment);
	_exit(REGION_DECRYPT_BROKEN);
}

static int status_of(int status)
{
	if (!WIFEXITED(status))
		return -EIO;
	switch (WEXITSTATUS(status)) {
	case REGION_DECRYPT_DONE:
		return 0;
	case REGION_DECRYPT_DAMAGED:
		return -EBADMSG;
	case REGION_DECRYPT_OTHER_KEY:
		return -ENOKEY;
	case REGION_DECRYPT_TOO_LARGE:
		return -EFBIG;
	case REGION_DECRYPT_NO_SPACE:
		return -ENOSPC;
	default:
		return -EIO;
	}
}

static int await(pid_t child, const atomic_bool *stop)
{
	int fd = (int)syscall(SYS_pidfd_open, child, 0), status, err;

	err = fd < 0 ? -errno : region_patience(fd, POLLIN, region_clock() + PATIENCE_MS, stop);
	if (fd >= 0)
		close(fd);
	if (err)
		kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return err ? err : status_of(status);
}

static int run(int cipher, int plain, int pipe_in, int pipe_out, const char *identity, uint64_t max,
	       const atomic_bool *stop)
{
	char limit[24], role[] = REGION_DECRYPT_ROLE;
	char *argv[] = { role, limit, NULL };
	pid_t child;
	int err;

	snprintf(limit, sizeof(limit), "%llu", (unsigned long long)max);
	/* It fits into the pipe, which nobody reads yet. */
	err = gth_write_all(pipe_out, identity, strlen(identity));
	close(pipe_out);
	if (err)
		return err;
	child = fork();
	if (child < 0)
		return -errno;
	if (!child)
		become(cipher, plain, pipe_in, argv);
	return await(child, stop);
}

/**
 * region_decrypt() - the plaintext of an age file
 * @cipher: read from its beginning
 * @plain: an empty file, written to
 * @max: the largest plaintext taken, in bytes
 *
 * Return: 0; -EBADMSG: it is damaged or no age file; -ENOKEY: it is encrypted to
 * somebody else; -EFBIG: more than @max; -ENOSPC; -EIO: the process broke down;
 * -ETIMEDOUT; -ECANCELED: @stop was set.
 */
int region_decrypt(int cipher, int plain, const struct gth_age_identity *key, uint64_t max,
		   const atomic_bool *stop)
{
	char identity[GTH_AGE_IDENTITY_SIZE];
	int ends[2], err;

	if (lseek(cipher, 0, SEEK_SET) < 0 || pipe2(ends, O_CLOEXEC))
		return -errno;
	err = gth_age_identity_format(key, identity);
	if (err)
		close(ends[1]);
	else
		err = run(cipher, plain, ends[0], ends[1], identity, max, stop);
	OPENSSL_cleanse(identity, sizeof(identity));
	close(ends[0]);
	return err;
}
