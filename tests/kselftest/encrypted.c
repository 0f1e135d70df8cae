// SPDX-License-Identifier: GPL-2.0-or-later
/* encrypted.c - a file in an encrypted directory (fscrypt) is judged by what its readers see. */
#include "test.h"

#include <dirent.h>
#include <linux/fscrypt.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

FIXTURE(encrypted)
{
	struct gth_place place;
	struct gth_file listed, other;
	struct fscrypt_key_specifier key;
	uint8_t secret[64];
	int err;
};

/* As FS_IOC_ADD_ENCRYPTION_KEY takes it */
struct new_key {
	struct fscrypt_add_key_arg arg;
	uint8_t secret[64];
};

static int add_key(struct fscrypt_key_specifier *key, const uint8_t secret[64])
{
	struct new_key new = { .arg = { .key_spec.type = FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER,
					.raw_size = sizeof(new.secret) } };
	int fd = gth_open_fd(MNT, O_RDONLY | O_DIRECTORY), ret;

	memcpy(new.secret, secret, sizeof(new.secret));
	ret = ioctl(fd, FS_IOC_ADD_ENCRYPTION_KEY, &new) ? -errno : 0;
	*key = new.arg.key_spec;
	close(fd);
	return ret;
}

static int remove_key(const struct fscrypt_key_specifier *key)
{
	struct fscrypt_remove_key_arg remove = { .key_spec = *key };
	int fd = gth_open_fd(MNT, O_RDONLY | O_DIRECTORY), ret;

	ret = ioctl(fd, FS_IOC_REMOVE_ENCRYPTION_KEY, &remove) ? -errno : 0;
	close(fd);
	if (!ret && remove.removal_status_flags)
		ret = -EBUSY;
	return ret;
}

static int encrypt(const char *dir, const struct fscrypt_key_specifier *key)
{
	struct fscrypt_policy_v2 policy = { .version = FSCRYPT_POLICY_V2,
					    .contents_encryption_mode = FSCRYPT_MODE_AES_256_XTS,
					    .filenames_encryption_mode = FSCRYPT_MODE_AES_256_CTS,
					    .flags = FSCRYPT_POLICY_FLAGS_PAD_32 };
	int fd = gth_open_fd(dir, O_RDONLY | O_DIRECTORY), ret;

	memcpy(policy.master_key_identifier, key->u.identifier,
	       sizeof(policy.master_key_identifier));
	ret = ioctl(fd, FS_IOC_SET_ENCRYPTION_POLICY, &policy) ? -errno : 0;
	close(fd);
	return ret;
}

FIXTURE_SETUP(encrypted)
{
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	gth_salt(self->secret, sizeof(self->secret));
	self->err = add_key(&self->key, self->secret);
	self->err = self->err ? self->err : encrypt(self->place.dir, &self->key);
	if (self->err)
		return;
	ASSERT_EQ(0, gth_make_program(&self->listed, &self->place, "listed", NULL, 7));
	ASSERT_EQ(0, gth_make_program(&self->other, &self->place, "other", NULL, 7));
	ASSERT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(encrypted)
{
	gth_end(&self->place);
	remove_key(&self->key);
}

#define NEED_ENCRYPTION()                                                                          \
	do {                                                                                       \
		if (self->err == -EOPNOTSUPP || self->err == -ENOTTY)                              \
			SKIP(return, "no encryption on " MNT);                                     \
		ASSERT_EQ(0, self->err);                                                           \
	} while (0)

TEST_F(encrypted, listed_content_is_denied)
{
	NEED_ENCRYPTION();
	EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->listed.path));
	EXPECT_EQ(0, gth_open(self->other.path, O_RDONLY));
	EXPECT_EQ(7, gth_exec(self->other.path));
}

TEST_F(encrypted, taking_the_key_away_and_back_changes_nothing)
{
	NEED_ENCRYPTION();
	EXPECT_EQ(7, gth_exec(self->other.path));
	ASSERT_EQ(0, remove_key(&self->key));
	EXPECT_EQ(-ENOENT, gth_open(self->listed.path, O_RDONLY));
	EXPECT_EQ(-ENOENT, gth_open(self->other.path, O_RDONLY));
	ASSERT_EQ(0, add_key(&self->key, self->secret));
	EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->listed.path));
	EXPECT_EQ(7, gth_exec(self->other.path));
}

/* Without the key names are others; the first of a file. */
static int nameless_file(const struct gth_place *place, char *path, size_t size)
{
	DIR *d = opendir(place->dir);
	struct dirent *entry;
	int ret = -ENOENT;

	while (d && ret && (entry = readdir(d))) {
		if (entry->d_name[0] == '.' && strlen(entry->d_name) <= 2)
			continue;
		snprintf(path, size, "%s/%s", place->dir, entry->d_name);
		ret = 0;
	}
	if (d)
		closedir(d);
	return ret;
}

/* Its owner may bring the key in a moment, so it is refused, as the file system does by itself. */
TEST_F(encrypted, file_whose_key_is_gone_is_refused_whatever_policy_says)
{
	gth_u64 errors, denied;
	char path[384];

	NEED_ENCRYPTION();
	ASSERT_EQ(0, remove_key(&self->key));
	ASSERT_EQ(0, nameless_file(&self->place, path, sizeof(path)));
	errors = gth_stat("error_enokey");
	denied = gth_stat("denied");
	EXPECT_EQ(-ENOKEY, gth_open(path, O_RDONLY));
	EXPECT_EQ(-ENOKEY, gth_exec(path));
	EXPECT_EQ(denied, gth_stat("denied"));
	EXPECT_EQ(errors + 2, gth_stat("error_enokey"));
	ASSERT_EQ(0, gth_set("open_unknown", "deny"));
	ASSERT_EQ(0, gth_set("exec_unknown", "deny"));
	EXPECT_EQ(-ENOKEY, gth_open(path, O_RDONLY));
	EXPECT_EQ(-ENOKEY, gth_exec(path));
	EXPECT_EQ(denied, gth_stat("denied"));
	EXPECT_EQ(errors + 4, gth_stat("error_enokey"));
}

TEST_HARNESS_MAIN
