// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * decrypt_role.c - the process that decrypts: it gives up all it can do but to
 * read, to write and to end, before it looks at what strangers sent.
 */
#include <errno.h>
#include <grp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "lib/io.h"
#include "lib/number.h"
#include "region/decrypt.h"
#include "region/decrypt_status.h"

#define NOBODY 65534
#define MEMORY (256UL << 20) /* address space, bytes */
#define CPU_S 600

static int limit(int what, uint64_t value)
{
	struct rlimit l = { value, value };

	return setrlimit(what, &l) ? -errno : 0;
}

static int drop(uint64_t max)
{
	int err;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || prctl(PR_SET_DUMPABLE, 0))
		return -errno;
	if (!geteuid() && (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
			   setresuid(NOBODY, NOBODY, NOBODY)))
		return -errno;
	/* Changed credentials clear it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	signal(SIGXFSZ, SIG_IGN);
	err = limit(RLIMIT_FSIZE, max);
	if (!err)
		err = limit(RLIMIT_AS, MEMORY);
	if (!err)
		err = limit(RLIMIT_CPU, CPU_S);
	if (!err)
		err = limit(RLIMIT_CORE, 0);
	if (!err)
		err = limit(RLIMIT_NPROC, 0);
	return err ? err : limit(RLIMIT_NOFILE, REGION_DECRYPT_KEY_FD + 1);
}

/* Memory without code, files that are open, and the end. */
static int confine(void)
{
	static const int calls[] = {
		SCMP_SYS(read),	 SCMP_SYS(write),     SCMP_SYS(exit),	SCMP_SYS(exit_group),
		SCMP_SYS(brk),	 SCMP_SYS(munmap),    SCMP_SYS(mremap), SCMP_SYS(madvise),
		SCMP_SYS(futex), SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(rt_sigreturn)
	};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int err = filter ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < sizeof(calls) / sizeof(calls[0]); i++)
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	if (!err)
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
				       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
				       SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
	if (!err)
		err = seccomp_load(filter);
	seccomp_release(filter);
	return err;
}

static int read_key(struct gth_age_identity *key)
{
	char text[GTH_AGE_IDENTITY_SIZE];
	ssize_t n = gth_read_full(REGION_DECRYPT_KEY_FD, text, sizeof(text) - 1);
	int err;

	if (n != sizeof(text) - 1)
		return -EINVAL;
	text[n] = '\0';
	err = gth_age_identity_parse(key, text);
	OPENSSL_cleanse(text, sizeof(text));
	close(REGION_DECRYPT_KEY_FD);
	return err;
}

/* OpenSSL opens its configuration and builds its tables on first use: before the filter. */
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
	struct gth_age_identity key;
	unsigned long long max;
	int err;

	if (argc != 2 || gth_number_parse(argv[1], INT64_MAX, &max) || drop(max) ||
	    read_key(&key) || warm_up(&key) || confine())
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
