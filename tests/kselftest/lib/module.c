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

	if (s.pid > 0 && gth_wait_until(ready_or_gone, &s) && !access(READY, F_OK))
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

/* gth_modprobe() - parameter: NULL: none */
int gth_modprobe(const char *parameter)
{
	const char *const argv[] = { MODPROBE, "gotthard", parameter, NULL };

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

static int by_id(int cmd, uint32_t id)
{
	union bpf_attr attr = { .prog_id = id };

	return (int)syscall(SYS_bpf, cmd, &attr, sizeof(attr));
}

/* gth_bpf_programs() - how many of ours the kernel has */
unsigned int gth_bpf_programs(void)
{
	unsigned int n = 0;

	for (uint32_t id = 0; !next_id(BPF_PROG_GET_NEXT_ID, &id);) {
		struct bpf_prog_info info = { .type = 0 };
		int fd = by_id(BPF_PROG_GET_FD_BY_ID, id);
		union bpf_attr attr = { .info = { .bpf_fd = (uint32_t)fd,
						  .info_len = sizeof(info),
						  .info = (uintptr_t)&info } };

		if (fd < 0)
			continue;
		if (!syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)))
			n += !strncmp(info.name, "gth_", 4);
		close(fd);
	}
	return n;
}

/* gth_bpf_maps() - how many inode storages the kernel has; only ours are there */
unsigned int gth_bpf_maps(void)
{
	unsigned int n = 0;

	for (uint32_t id = 0; !next_id(BPF_MAP_GET_NEXT_ID, &id);) {
		struct bpf_map_info info = { .type = 0 };
		int fd = by_id(BPF_MAP_GET_FD_BY_ID, id);
		union bpf_attr attr = { .info = { .bpf_fd = (uint32_t)fd,
						  .info_len = sizeof(info),
						  .info = (uintptr_t)&info } };

		if (fd < 0)
			continue;
		if (!syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)))
			n += info.type == BPF_MAP_TYPE_INODE_STORAGE;
		close(fd);
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
