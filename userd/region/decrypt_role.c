// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * decrypt_role.c - the process that decrypts: it gives up all rights except to
 * read, to write and to exit before it reads foreign bytes.
 */
#include <errno.h>
#include <seccomp.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "lib/util/io.h"
#include "lib/util/number.h"
#include "region/child.h"
#include "region/confine.h"
#include "region/decrypt.h"
#include "region/decrypt_status.h"

#define MEMORY (256UL << 20) /* address space, bytes */
#define CPU_S 600

static int read_key(struct gth_age_identity *key)
{
	char text[GTH_AGE_IDENTITY_SIZE];
	ssize_t n = gth_read_full(REGION_CHILD_EXTRA_FD, text, sizeof(text) - 1);
	int err;

	if (n != sizeof(text) - 1)
		return -EINVAL;
	text[n] = '\0';
	err = gth_age_identity_parse(key, text);
	OPENSSL_cleanse(text, sizeof(text));
	close(REGION_CHILD_EXTRA_FD);
	return err;
}

/* Before the filter, because OpenSSL opens files and builds its tables at its first use. */
static int warm_up(const struct gth_age_identity *key)
{
	struct gth_age_recipient self;

	return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL) == 1
		       ? gth_age_identity_recipient(key, &self)
		       : -ENOMEM;
}

/* Return: the exit status, of decrypt_status.h. */
int region_decrypt_role(int argc, char **argv)
{
	struct region_bounds bounds = {
		.memory = MEMORY,
		.cpu = CPU_S,
		.files = REGION_CHILD_EXTRA_FD + 1,
	};
	static const int more[] = { SCMP_SYS(read) };
	struct gth_age_identity key;
	unsigned long long max;
	int err;

	if (argc != 2 || gth_number_parse(argv[1], INT64_MAX, &max))
		return REGION_DECRYPT_BROKEN;
	bounds.file = max;
	if (region_confine_drop(&bounds) || read_key(&key) || warm_up(&key) ||
	    region_confine_calls(more, sizeof(more) / sizeof(more[0]), SCMP_ACT_KILL_PROCESS))
		return REGION_DECRYPT_BROKEN;
	err = gth_age_decrypt(0, 1, &key, max);
	gth_age_forget(&key);
	switch (err) {
	case 0:
		return REGION_DECRYPT_DONE;
	case -EBADMSG:
		return REGION_DECRYPT_DAMAGED;
	case -ENOKEY:
		return REGION_DECRYPT_OTHER_KEY;
	case -EFBIG:
		return REGION_DECRYPT_TOO_LARGE;
	case -ENOSPC:
	case -EDQUOT:
		return REGION_DECRYPT_NO_SPACE;
	default:
		return REGION_DECRYPT_BROKEN;
	}
}
