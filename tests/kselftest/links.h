/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * links.h - the hooks that the module keeps, and their pins.
 *
 * The tests follow one another: each leaves a daemon running, as it found one.
 */
#ifndef GTH_TEST_LINKS_H
#define GTH_TEST_LINKS_H

#include "test.h"

#include <dirent.h>
#include <linux/bpf.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BPFFS "/sys/fs/bpf"
#define HOOKS 8
#define STATUS "/tmp/status"

/* Loads the module and starts the daemon if a test before has left without them. */
static inline int start_over(void)
{
	if (access(GTH_DEVICE, F_OK) && gth_modprobe(NULL))
		return -ENODEV;
	if (!gth_daemon() && !gth_start_daemon())
		return -ESRCH;
	return 0;
}

static inline int protect(const struct gth_file *f)
{
	int ret = gth_list(f, GTH_CLASS_MALICIOUS);

	return ret ? ret : gth_set("mode", "enforce");
}

static inline bool so_many(void *n)
{
	return gth_bpf_programs() == *(unsigned int *)n;
}

#define GTH_FIXTURE_LINKS(name)                                                                    \
	FIXTURE(name)                                                                              \
	{                                                                                          \
		struct gth_place place;                                                            \
		struct gth_file f;                                                                 \
		bool covered;                                                                      \
	};                                                                                         \
	FIXTURE_SETUP(name)                                                                        \
	{                                                                                          \
		unsigned int hooks = HOOKS;                                                        \
		ASSERT_EQ(0, start_over());                                                        \
		ASSERT_EQ(0, gth_begin(&self->place, MNT));                                        \
		ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "f", NULL, 5));              \
		ASSERT_EQ(0, protect(&self->f));                                                   \
		ASSERT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));                               \
		ASSERT_EQ(HOOKS, gth_read_number(GTH_ROOT "health/hooks"));                        \
		/* Programs that a test before has replaced go a little later. */                  \
		ASSERT_TRUE(gth_wait_until(so_many, &hooks));                                      \
	}                                                                                          \
	FIXTURE_TEARDOWN_PARENT(name)                                                              \
	{                                                                                          \
		if (self->covered) {                                                               \
			/* The next test attaches anew, with pins in the first bpffs. */           \
			gth_end_daemon(SIGKILL);                                                   \
			gth_unload();                                                              \
			umount2(BPFFS, MNT_DETACH);                                                \
			gth_unload();                                                              \
		}                                                                                  \
		gth_end(&self->place);                                                             \
	}

/* Removes all pins, as `rm -r` does. Return: how many there were; or -errno. */
static inline int remove_pins(void)
{
	DIR *d = opendir(GTH_PINS);
	struct dirent *entry;
	int n = 0;

	if (!d)
		return -errno;
	while ((entry = readdir(d)))
		if (entry->d_name[0] != '.')
			n += !unlinkat(dirfd(d), entry->d_name, 0);
	closedir(d);
	return rmdir(GTH_PINS) ? -errno : n;
}

/* Return: the words of gotthardctl status on the hooks; valid until the next call. */
static inline const char *status(void)
{
	const char *const argv[] = { "/usr/bin/gotthardctl", "status", NULL };
	static char line[256];
	FILE *f;

	/* Its exit status tells of other things, too. */
	gth_run(argv, STATUS);
	f = fopen(STATUS, "re");
	if (!f)
		return "?";
	while (fgets(line, sizeof(line), f) && strncmp(line, "hooks ", 6))
		;
	fclose(f);
	line[strcspn(line, "\n")] = '\0';
	return strncmp(line, "hooks ", 6) ? "?" : line + strspn(line + 6, " ") + 6;
}

static inline bool none_left(void *arg)
{
	(void)arg;
	return !gth_bpf_programs();
}

static inline bool opens(void *path)
{
	return !gth_open(path, O_RDONLY);
}

static inline int get_pin(const char *path)
{
	union bpf_attr attr = { .pathname = (uintptr_t)path };
	int fd = (int)syscall(SYS_bpf, BPF_OBJ_GET, &attr, sizeof(attr));

	return fd < 0 ? -errno : fd;
}

/* The call by which the module keeps these hooks. Return: 0; or -errno. */
static inline int keep(const struct gth_hooks *hooks)
{
	return gth_device_call(GTH_IOC_HOOKS, (void *)hooks);
}

static inline bool log_has(const char *words)
{
	return gth_lines_with(GTH_LOG, words) > 0;
}

#endif /* GTH_TEST_LINKS_H */
