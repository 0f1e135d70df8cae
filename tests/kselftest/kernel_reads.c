// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernel_reads.c - what the kernel reads for itself is judged: modules, firmware,
 * swap files. gth_asker.ko and gth_asker.ko.xz are beside this program.
 */
#include "test.h"

#include <linux/module.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FIRMWARE_PATH "/sys/module/firmware_class/parameters/path"

FIXTURE(kernel_reads)
{
	struct gth_place place;
	struct gth_file module, packed;
};

FIXTURE_VARIANT(kernel_reads)
{
	const char *parent;
};

FIXTURE_VARIANT_ADD(kernel_reads, mnt) { .parent = MNT };

FIXTURE_VARIANT_ADD(kernel_reads, tmpfs) { .parent = TMPFS };

FIXTURE_SETUP(kernel_reads)
{
	ASSERT_EQ(0, gth_begin(&self->place, variant->parent));
	ASSERT_EQ(0, gth_copy(&self->module, &self->place, "module", "gth_asker.ko"));
	ASSERT_EQ(0, gth_copy(&self->packed, &self->place, "packed", "gth_asker.ko.xz"));
}

FIXTURE_TEARDOWN_PARENT(kernel_reads)
{
	gth_write_file(FIRMWARE_PATH, "\n", 1);
	gth_end(&self->place);
}

static int unload(int err)
{
	if (err)
		return -errno;
	return syscall(SYS_delete_module, "gth_asker", O_NONBLOCK) ? -errno : 0;
}

static int load(int fd, const char *parameters, int flags)
{
	return unload((int)syscall(SYS_finit_module, fd, parameters, flags));
}

/* The test is about the load, not about the open before it. */
static int load_path(const char *path, int flags)
{
	int fd, ret = gth_set("hooks/open", "0");

	fd = gth_open_fd(path, O_RDONLY);
	if (ret || fd < 0 || gth_set("hooks/open", "1"))
		return -EIO;
	ret = load(fd, "", flags);
	close(fd);
	return ret;
}

/* The file is judged, not what comes out of it. */
TEST_F(kernel_reads, packed_module_is_denied_as_the_file_it_is)
{
	int err;

	ASSERT_EQ(0, gth_set("mode", "enforce"));
	err = load_path(self->packed.path, MODULE_INIT_COMPRESSED_FILE);
	if (err == -EOPNOTSUPP)
		SKIP(return, "this kernel unpacks no modules");
	EXPECT_EQ(0, err);
	ASSERT_EQ(0, gth_list(&self->packed, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, load_path(self->packed.path, MODULE_INIT_COMPRESSED_FILE));
	EXPECT_EQ(0, load_path(self->module.path, 0));
	ASSERT_EQ(0, gth_list(&self->module, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, load_path(self->module.path, 0));
	EXPECT_EQ(0, load_path(self->packed.path, MODULE_INIT_COMPRESSED_FILE));
}

/* A whole file; the caller frees it. */
static void *content(const struct gth_file *f, size_t *len)
{
	int fd = gth_open_fd(f->path, O_RDONLY);
	void *data = NULL;
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st)) {
		*len = (size_t)st.st_size;
		data = malloc(*len);
		if (data && read(fd, data, *len) != st.st_size)
			*len = 0;
	}
	close(fd);
	return data;
}

TEST_F(kernel_reads, module_in_memory_is_denied_by_descriptor_only)
{
	size_t len = 0;
	void *data = content(&self->module, &len);
	int fd;

	ASSERT_NE(NULL, data);
	ASSERT_LT(0, len);
	fd = gth_memory_file(data, len);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, gth_list(&self->module, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, load(fd, "", 0));
	/* There is no file to judge: docs/limitations.md. */
	EXPECT_EQ(0, unload((int)syscall(SYS_init_module, data, len, "")));
	free(data);
}

/*
 * A driver asks by name, and the kernel looks in several directories: who was
 * refused in one has not found it. The counter tells.
 */
static int ask_for(const struct gth_file *module, const struct gth_file *firmware)
{
	gth_u64 denied = gth_stat("denied");
	int fd = gth_open_fd(module->path, O_RDONLY), ret;
	char parameters[64];

	snprintf(parameters, sizeof(parameters), "name=%s", gth_bare_name(firmware->path));
	ret = fd < 0 ? fd : load(fd, parameters, 0);
	close(fd);
	return ret == -ENOENT && gth_stat("denied") == denied + 1 ? -EPERM : ret;
}

TEST_F(kernel_reads, firmware_is_denied)
{
	struct gth_file listed, other;
	gth_u64 checks;

	/* Out of the scope of opens: it is the reading that is judged. */
	ASSERT_EQ(0, gth_make_text(&listed, &self->place, "listed"));
	ASSERT_EQ(0, gth_make_text(&other, &self->place, "other"));
	ASSERT_EQ(0, gth_list(&listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	ASSERT_EQ(0, gth_write_file(FIRMWARE_PATH, self->place.dir, strlen(self->place.dir)));
	EXPECT_EQ(0, ask_for(&self->module, &other));
	EXPECT_EQ(0, gth_open(listed.path, O_RDONLY));
	checks = gth_stat("checks_kernel_read");
	EXPECT_EQ(-EPERM, ask_for(&self->module, &listed));
	/* The module and the firmware */
	EXPECT_EQ(checks + 2, gth_stat("checks_kernel_read"));
	ASSERT_EQ(0, gth_set("hooks/kernel_read", "0"));
	ASSERT_EQ(0, gth_set("open_scope", "all"));
	EXPECT_EQ(-EPERM, ask_for(&self->module, &listed));
	ASSERT_EQ(0, gth_set("hooks/open", "0"));
	EXPECT_EQ(0, ask_for(&self->module, &listed));
}

/* Swap space of ten pages, with an execute bit: an open of it is in scope. */
static int make_swap(struct gth_file *f, const struct gth_place *place, const char *name)
{
	static uint8_t data[10 * 4096];
	uint32_t version_and_last_page[2] = { 1, 9 };

	memcpy(data + 1024, version_and_last_page, sizeof(version_and_last_page));
	gth_salt(data + 1036, 16); /* its uuid */
	memcpy(data + 4086, "SWAPSPACE2", 10);
	return gth_make(f, place, name, 0700, data, sizeof(data));
}

static int use_swap(const char *path)
{
	if (swapon(path, 0))
		return -errno;
	return swapoff(path) ? -errno : 0;
}

/* The kernel opens it for reading and writing, and that is judged like any open. */
TEST_F(kernel_reads, swap_file_is_judged_as_an_open)
{
	struct gth_file listed, other;
	int err;

	ASSERT_EQ(0, make_swap(&listed, &self->place, "listed"));
	ASSERT_EQ(0, make_swap(&other, &self->place, "other"));
	ASSERT_EQ(0, gth_list(&listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	err = use_swap(other.path);
	EXPECT_EQ(-EPERM, use_swap(listed.path));
	if (err == -EINVAL)
		SKIP(return, "this file system takes no swap files");
	EXPECT_EQ(0, err);
	ASSERT_EQ(0, gth_set("hooks/open", "0"));
	EXPECT_EQ(0, use_swap(listed.path));
}

TEST_HARNESS_MAIN
