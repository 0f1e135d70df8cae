// SPDX-License-Identifier: GPL-2.0-or-later
/* decrypt.c - starts the process that decrypts, and returns its result (see decrypt.h). */
#include "decrypt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "lib/util/io.h"
#include "region/child.h"
#include "region/decrypt_status.h"

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

static int run(int cipher, int plain, int pipe_in, int pipe_out, const char *identity, uint64_t max,
	       const atomic_bool *stop)
{
	const struct region_child child = {
		.role = REGION_DECRYPT_ROLE,
		.limit = max,
		.in = cipher,
		.out = plain,
		.extra = pipe_in,
	};
	int status, err;

	/* It fits into the pipe, which is not read yet. */
	err = gth_write_all(pipe_out, identity, strlen(identity));
	close(pipe_out);
	if (!err)
		err = region_child_run(&child, stop, &status);
	return err ? err : status_of(status);
}

/**
 * region_decrypt() - the plaintext of an age file
 * @cipher: read from its beginning
 * @plain: an empty file, written to
 * @max: the largest plaintext taken, in bytes
 *
 * Return: 0; -EBADMSG: it is damaged or not an age file; -ENOKEY: it is
 * encrypted to another key; -EFBIG: more than @max; -ENOSPC; -EIO: the process
 * failed; -ETIMEDOUT; -ECANCELED: @stop was set.
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
