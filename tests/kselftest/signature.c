// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * signature.c - a table is signed by a built-in key, or refused.
 *
 * The module is loaded anew for each test, so this comes at the end of a boot. The
 * release and its signatures are tests/vectors; docs/formats.md says what is wrong with each.
 */
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/keyctl.h>

#define SIGNATURE_MAX (16 * 1024) /* GTH_SIGNATURE_MAX */
#define SIGNER "Gotthard development key, for tests only"
#define VERSION 1700000000
#define SAID "/tmp/signature.said"

/* A file of the sources, as it was when the program was built. */
#define VECTOR(name, path)                                                                         \
	extern const char name[], name##_end[];                                                    \
	__asm__(".pushsection .rodata\n" #name ": .incbin \"tests/vectors/" path "\"\n" #name      \
		"_end: .byte 0\n.popsection")
#define SIZE(name) ((size_t)(name##_end - (name)))

VECTOR(manifest, "small/manifest");
VECTOR(body, "small/body");
VECTOR(good, "small/manifest.p7s");
VECTOR(other_body, "domains/body");
VECTOR(damaged, "signatures/damaged.p7s");
VECTOR(expired_key, "signatures/expired-key.p7s");
VECTOR(largest, "signatures/largest.p7s");
VECTOR(other_manifest, "signatures/other-manifest.p7s");
VECTOR(with_content, "signatures/with-content.p7s");
VECTOR(wrong_key, "signatures/wrong-key.p7s");

FIXTURE(signature)
{
	int manifest, body;
};

FIXTURE_VARIANT(signature)
{
	const char *parameter; /* NULL: none */
	bool required;
};

FIXTURE_VARIANT_ADD(signature, required) {
	.parameter = "require_signed=1",
	.required = true,
};

FIXTURE_VARIANT_ADD(signature, optional) {
	.parameter = "require_signed=0",
	.required = false,
};

FIXTURE_VARIANT_ADD(signature, by_default) {
	.parameter = NULL,
	.required = true,
};

FIXTURE_SETUP(signature)
{
	/* Not gth_modprobe(), which would set it. */
	const char *const modprobe[] = { "/usr/sbin/modprobe", "gotthard", variant->parameter,
					 NULL };

	if (gth_daemon())
		ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_EQ(0, gth_unload());
	ASSERT_TRUE(gth_module_goes());
	ASSERT_EQ(0, gth_run(modprobe, "/dev/null"));
	self->manifest = gth_memory_file(manifest, SIZE(manifest));
	self->body = gth_memory_file(body, SIZE(body));
	ASSERT_LE(0, self->manifest);
	ASSERT_LE(0, self->body);
}

FIXTURE_TEARDOWN_PARENT(signature)
{
	gth_module_goes();
}

static int load(int manifest_fd, int body_fd, int signature_fd)
{
	struct gth_load load = { .size = sizeof(load),
				 .manifest_fd = manifest_fd,
				 .body_fd = body_fd,
				 .signature_fd = signature_fd };

	return gth_device_call(GTH_IOC_LOAD, &load);
}

static int load_signed(int manifest_fd, int body_fd, const void *p7s, size_t len)
{
	int fd = gth_memory_file(p7s, len), ret = fd;

	if (fd >= 0)
		ret = load(manifest_fd, body_fd, fd);
	close(fd);
	return ret;
}

#define LOAD(p7s) load_signed(self->manifest, self->body, p7s, SIZE(p7s))

static const char *signer(void)
{
	static char line[256];

	return gth_read_line(GTH_ROOT "table/signer", line, sizeof(line)) ? "?" : line;
}

/* By whom: the begin of the name. */
#define EXPECT_LOADED(by)                                                                          \
	do {                                                                                       \
		EXPECT_EQ(VERSION, gth_table("version"));                                          \
		EXPECT_EQ(0, strncmp(by, signer(), strlen(by)))                                    \
		{                                                                                  \
			TH_LOG("%s", signer());                                                    \
		}                                                                                  \
	} while (0)

#define EXPECT_NO_TABLE()                                                                          \
	do {                                                                                       \
		EXPECT_EQ(0, gth_table("version"));                                                \
		EXPECT_STREQ("none", signer());                                                    \
	} while (0)

TEST_F(signature, by_a_built_in_key_is_taken)
{
	char line[256];

	EXPECT_NO_TABLE();
	EXPECT_EQ(0, LOAD(good));
	EXPECT_LOADED(SIGNER);
	ASSERT_EQ(0, gth_read_line(GTH_ROOT "health/signing_keys", line, sizeof(line)));
	EXPECT_EQ(0, strncmp(SIGNER, line, strlen(SIGNER)));
	/* The one in force, again. */
	EXPECT_EQ(0, LOAD(good));
	EXPECT_EQ(0, gth_drop());
	EXPECT_NO_TABLE();
}

TEST_F(signature, may_be_missing_only_if_it_is_not_required)
{
	EXPECT_EQ(variant->required ? -ENOMSG : 0, load(self->manifest, self->body, -1));
	if (variant->required)
		EXPECT_NO_TABLE();
	else
		EXPECT_LOADED("none");
	/* Signed, it is another table; so it is when it is not signed any more. */
	EXPECT_EQ(0, LOAD(good));
	EXPECT_LOADED(SIGNER);
	EXPECT_EQ(variant->required ? -ENOMSG : 0, load(self->manifest, self->body, -1));
	EXPECT_LOADED(variant->required ? SIGNER : "none");
}

/* A signature that is given must be right, whatever require_signed says. */
TEST_F(signature, that_is_wrong_is_refused)
{
	EXPECT_EQ(-ENOKEY, LOAD(wrong_key));
	EXPECT_EQ(-EKEYREJECTED, LOAD(expired_key));
	EXPECT_EQ(-EKEYREJECTED, LOAD(other_manifest));
	EXPECT_EQ(-EKEYREJECTED, LOAD(damaged));
	EXPECT_EQ(-EILSEQ, LOAD(with_content));
	EXPECT_EQ(-EILSEQ, LOAD(manifest));
	EXPECT_NO_TABLE();
	EXPECT_EQ(0, LOAD(good));
	EXPECT_EQ(-ENOKEY, LOAD(wrong_key));
	EXPECT_LOADED(SIGNER);
}

TEST_F(signature, does_not_fit_a_manifest_with_a_byte_changed)
{
	char text[4096];
	size_t i;

	ASSERT_GE(sizeof(text), SIZE(manifest));
	for (i = 0; i < SIZE(manifest); i += 13) {
		int fd;

		memcpy(text, manifest, SIZE(manifest));
		text[i] ^= 1;
		fd = gth_memory_file(text, SIZE(manifest));
		ASSERT_LE(0, fd);
		EXPECT_EQ(-EKEYREJECTED, load_signed(fd, self->body, good, SIZE(good)))
		{
			TH_LOG("byte %zu", i);
		}
		close(fd);
	}
	EXPECT_NO_TABLE();
}

TEST_F(signature, is_of_the_body_too)
{
	int fd = gth_memory_file(other_body, SIZE(other_body));
	char changed[4096];

	ASSERT_LE(0, fd);
	EXPECT_EQ(-ENODATA, load_signed(self->manifest, fd, good, SIZE(good)));
	close(fd);
	ASSERT_GE(sizeof(changed), SIZE(body));
	memcpy(changed, body, SIZE(body));
	changed[SIZE(body) - 2] ^= 1;
	fd = gth_memory_file(changed, SIZE(body));
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EBADMSG, load_signed(self->manifest, fd, good, SIZE(good)));
	close(fd);
	EXPECT_NO_TABLE();
}

TEST_F(signature, that_is_not_whole_is_refused)
{
	size_t len;

	for (len = 0; len < SIZE(good); len += 64) {
		EXPECT_EQ(-EILSEQ, load_signed(self->manifest, self->body, good, len))
		{
			TH_LOG("%zu bytes", len);
		}
	}
	EXPECT_EQ(-EILSEQ, load_signed(self->manifest, self->body, good, SIZE(good) - 1));
	EXPECT_EQ(-EILSEQ, load_signed(self->manifest, self->body, good, SIZE(good) + 1));
	EXPECT_NO_TABLE();
}

TEST_F(signature, has_at_most_16_kib)
{
	static char longer[SIGNATURE_MAX + 1];

	ASSERT_EQ(SIGNATURE_MAX, SIZE(largest));
	EXPECT_EQ(0, LOAD(largest));
	EXPECT_LOADED(SIGNER);
	ASSERT_EQ(0, gth_drop());
	memcpy(longer, largest, SIGNATURE_MAX);
	EXPECT_EQ(-EILSEQ, load_signed(self->manifest, self->body, longer, sizeof(longer)));
	EXPECT_EQ(-EILSEQ, load_signed(self->manifest, self->body, longer + 1, SIGNATURE_MAX));
	EXPECT_NO_TABLE();
}

TEST_F(signature, comes_from_any_file_that_can_be_read)
{
	int p[2], write_only, directory, zero;

	ASSERT_EQ(0, pipe(p));
	ASSERT_EQ((ssize_t)SIZE(good), write(p[1], good, SIZE(good)));
	/* The end that writes cannot be read. */
	EXPECT_EQ(-EBADF, load(self->manifest, self->body, p[1]));
	close(p[1]);
	EXPECT_EQ(0, load(self->manifest, self->body, p[0]));
	EXPECT_LOADED(SIGNER);
	ASSERT_EQ(0, gth_drop());
	/* It is empty now. */
	EXPECT_EQ(-EILSEQ, load(self->manifest, self->body, p[0]));
	close(p[0]);
	EXPECT_EQ(-EBADF, load(self->manifest, self->body, 1 << 20));

	directory = open("/tmp", O_RDONLY | O_DIRECTORY);
	ASSERT_LE(0, directory);
	EXPECT_GT(0, load(self->manifest, self->body, directory));
	write_only = open(SAID, O_WRONLY | O_CREAT, 0600);
	ASSERT_LE(0, write_only);
	EXPECT_EQ(-EBADF, load(self->manifest, self->body, write_only));
	zero = open("/dev/zero", O_RDONLY);
	ASSERT_LE(0, zero);
	EXPECT_GT(0, load(self->manifest, self->body, zero));
	EXPECT_NO_TABLE();
}

/* The keyring, and the key in it */

static long keyctl(int operation, long a, long b, long c)
{
	return syscall(SYS_keyctl, operation, a, b, c, 0) < 0 ? -errno : 0;
}

/* The id of a key by its description in /proc/keys, whose first column it is; 0: none. */
static long find_key(const char *type, const char *name)
{
	FILE *keys = fopen("/proc/keys", "re");
	char line[512];
	long id = 0;

	while (keys && !id && fgets(line, sizeof(line), keys))
		if (strstr(line, type) && strstr(line, name))
			id = strtol(line, NULL, 16);
	if (keys)
		fclose(keys);
	return id;
}

static void expect_unchangeable(struct __test_metadata *_metadata, long key)
{
	EXPECT_EQ(-EACCES, keyctl(KEYCTL_SETPERM, key, 0x3f3f3f3f, 0));
	EXPECT_EQ(-EACCES, keyctl(KEYCTL_CHOWN, key, 1000, 1000));
	EXPECT_EQ(-EACCES, keyctl(KEYCTL_REVOKE, key, 0, 0));
	EXPECT_EQ(-EACCES, keyctl(KEYCTL_INVALIDATE, key, 0, 0));
	EXPECT_EQ(-EACCES, keyctl(KEYCTL_SET_TIMEOUT, key, 1, 0));
	EXPECT_EQ(-EACCES, keyctl(KEYCTL_LINK, key, KEY_SPEC_PROCESS_KEYRING, 0));
	EXPECT_EQ(-EACCES, keyctl(KEYCTL_UPDATE, key, (long)"x", 1));
}

TEST_F(signature, keyring_belongs_to_the_module)
{
	long keyring = find_key("keyring", ".gotthard"), key = find_key("asymmetri", SIGNER);
	long own;

	ASSERT_NE(0, keyring);
	ASSERT_NE(0, key);
	own = syscall(SYS_add_key, "user", "mine", "x", 1, KEY_SPEC_PROCESS_KEYRING);
	ASSERT_LT(0, own);
	EXPECT_EQ(-EACCES, keyctl(KEYCTL_LINK, own, keyring, 0));
	EXPECT_EQ(-1, syscall(SYS_add_key, "user", "mine", "x", 1, keyring));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-EACCES, keyctl(KEYCTL_UNLINK, key, keyring, 0));
	EXPECT_EQ(-EACCES, keyctl(KEYCTL_CLEAR, keyring, 0, 0));
	EXPECT_EQ(-EACCES, keyctl(KEYCTL_RESTRICT_KEYRING, keyring, 0, 0));
	expect_unchangeable(_metadata, keyring);
	expect_unchangeable(_metadata, key);
	EXPECT_EQ(0, LOAD(good));
}

TEST_F(signature, keyring_goes_with_the_module)
{
	ASSERT_NE(0, find_key("keyring", ".gotthard"));
	ASSERT_TRUE(gth_module_goes());
	EXPECT_EQ(0, find_key("keyring", ".gotthard"));
}

TEST_HARNESS_MAIN
