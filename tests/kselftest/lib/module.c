// SPDX-License-Identifier: GPL-2.0-or-later
/* module.c - the module and the daemon come and go (see gth.h). */
#include "gth.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/bpf.h>

#define DAEMON "/usr/sbin/gotthardd"
#define MODPROBE "/usr/sbin/modprobe"
#define READY "/tmp/gotthardd.ready"

struct start {
	pid_t pid;
};

static bool ready_or_gone(void *arg)
{
	struct start *s = arg;

	if (!access(READY, F_OK))
		return true;
	return waitpid(s->pid, NULL, WNOHANG) == s->pid;
}

pid_t gth_spawn_daemon(void)
{
	const char *const argv[] = { DAEMON, "--events", GTH_EVENTS, "--ready-file", READY, NULL };

	unlink(READY);
	return gth_spawn(argv, GTH_LOG);
}

/* Says whether it has ended or takes too long, and what it wrote of it. */
static void complain(const struct start *s)
{
	FILE *log = fopen(GTH_LOG, "re");
	char line[512];

	dprintf(STDOUT_FILENO, "# gotthardd %s:\n",
		s->pid < 0 || kill(s->pid, 0) ? "did not start" : "is not ready");
	while (log && fgets(line, sizeof(line), log))
		dprintf(STDOUT_FILENO, "# %.*s\n", (int)strcspn(line, "\n"), line);
	if (log)
		fclose(log);
}

/* gth_start_daemon() - true: the hooks are attached */
bool gth_start_daemon(void)
{
	struct start s = { .pid = gth_spawn_daemon() };
	bool over = s.pid < 0;

	/* In a race each file that it opens may be held, beside dozens of openers. */
	for (int i = 0; i < 5 && !over; i++)
		over = gth_wait_until(ready_or_gone, &s);
	if (!access(READY, F_OK))
		return true;
	complain(&s);
	return false;
}

int gth_unload(void)
{
	const char *const argv[] = { DAEMON, "--unload", NULL };

	/* A daemon that runs keeps the old file. */
	unlink(GTH_LOG);
	return gth_run(argv, GTH_LOG);
}

/*
 * gth_modprobe() - as the runner loads it: tables that are made in memory are not signed
 * @parameter: one more, which outweighs that; NULL: none
 */
int gth_modprobe(const char *parameter)
{
	const char *const argv[] = { MODPROBE, "gotthard", "require_signed=0", parameter, NULL };

	return gth_run(argv, GTH_LOG);
}

int gth_remove_module(void)
{
	return syscall(SYS_delete_module, "gotthard", O_NONBLOCK) ? -errno : 0;
}

/* The last program goes when no task can be inside it any more. */
static bool module_goes(void *arg)
{
	int err = gth_remove_module();

	(void)arg;
	return !err || err == -ENOENT;
}

bool gth_module_goes(void)
{
	return gth_wait_until(module_goes, NULL);
}

static int next_id(int cmd, uint32_t *id)
{
	union bpf_attr attr = { .start_id = *id };

	if (syscall(SYS_bpf, cmd, &attr, sizeof(attr)))
		return -errno;
	*id = attr.next_id;
	return 0;
}

/* The kernel's information about the program or map of this id. */
static bool info_of(int by_id, uint32_t id, void *info, uint32_t size)
{
	union bpf_attr attr = { .prog_id = id };
	int fd = (int)syscall(SYS_bpf, by_id, &attr, sizeof(attr));
	bool ok;

	if (fd < 0)
		return false;
	attr = (union bpf_attr) {
		.info = { .bpf_fd = (uint32_t)fd, .info_len = size, .info = (uintptr_t)info }
	};
	ok = !syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr));
	close(fd);
	return ok;
}

/* gth_bpf_programs() - how many of ours the kernel has */
unsigned int gth_bpf_programs(void)
{
	unsigned int n = 0;

	for (uint32_t id = 0; !next_id(BPF_PROG_GET_NEXT_ID, &id);) {
		struct bpf_prog_info info = { .type = 0 };

		if (info_of(BPF_PROG_GET_FD_BY_ID, id, &info, sizeof(info)))
			n += !strncmp(info.name, "gth_", 4);
	}
	return n;
}

/* gth_bpf_maps() - how many inode storages the kernel has; only ours are there */
unsigned int gth_bpf_maps(void)
{
	unsigned int n = 0;

	for (uint32_t id = 0; !next_id(BPF_MAP_GET_NEXT_ID, &id);) {
		struct bpf_map_info info = { .type = 0 };

		if (info_of(BPF_MAP_GET_FD_BY_ID, id, &info, sizeof(info)))
			n += info.type == BPF_MAP_TYPE_INODE_STORAGE;
	}
	return n;
}

/* gth_lines_with() - lines of a file that hold a word; -errno */
int gth_lines_with(const char *path, const char *word)
{
	FILE *f = fopen(path, "re");
	char line[512];
	int n = 0;

	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f))
		n += !!strstr(line, word);
	fclose(f);
	return n;
}
