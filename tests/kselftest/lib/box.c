// SPDX-License-Identifier: GPL-2.0-or-later
/* box.c - files that are not at hand, asked for from within a sandbox (see box.h). */
#include "box.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stress.h"

#define EXIT_CODE 7

static const char *const deed_names[] = { "open", "exec", "map" };

/* In shared memory: a child may have no descriptor to tell anything through. */
struct outcome {
	volatile bool attended;
	volatile int entered, result;
};

static int make_one(struct gth_file *f, const struct gth_place *place, const char *kind,
		    unsigned int i, mode_t mode, const void *image, size_t size)
{
	char name[32];

	snprintf(name, sizeof(name), "%s-%s", kind, deed_names[i]);
	return gth_make(f, place, name, mode, image, size);
}

/* gth_box_make() - the files, of size bytes each, and the table that lists them */
int gth_box_make(struct gth_box_files *f, const struct gth_place *place, mode_t mode, size_t size)
{
	struct gth_file *const kinds[] = { f->listed, f->plain, f->trusted };
	static const char *const names[] = { "listed", "plain", "trusted" };
	uint8_t *image = calloc(1, size);
	struct gth_db db;
	int ret = image ? 0 : -ENOMEM;

	for (unsigned int k = 0; !ret && k < 3; k++) {
		gth_program(image, NULL, 0x400000, EXIT_CODE);
		gth_salt(image + size - 16, 16);
		for (unsigned int i = 0; !ret && i < GTH_BOX_DEEDS; i++)
			ret = make_one(&kinds[k][i], place, names[k], i, mode, image, size);
	}
	free(image);
	if (ret)
		return ret;
	f->resident = !strncmp(place->dir, TMPFS "/", strlen(TMPFS "/"));
	gth_db_init(&db);
	gth_db_add(&db, GTH_DOMAIN_SHA256, f->listed[0].digest, GTH_CLASS_MALICIOUS);
	gth_db_add(&db, GTH_DOMAIN_SHA256, f->trusted[0].digest, GTH_CLASS_TRUSTED);
	gth_db_sort(&db);
	gth_db_seal(&db);
	ret = gth_db_load(&db);
	gth_db_free(&db);
	return ret;
}

/* Pages of a file in the page cache, -1: cannot tell */
static int resident_pages(int fd)
{
	static unsigned char in_core[4096];
	struct stat st;
	size_t pages;
	void *p;
	int n = 0;

	if (fstat(fd, &st))
		return -1;
	pages = ((size_t)st.st_size + 4095) / 4096;
	p = mmap(NULL, pages * 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return -1;
	if (pages > sizeof(in_core) || mincore(p, pages * 4096, in_core))
		n = -1;
	for (size_t i = 0; n >= 0 && i < pages; i++)
		n += in_core[i] & 1;
	munmap(p, pages * 4096);
	return n;
}

static bool evicted(void *arg)
{
	const int *fd = arg;

	sync();
	if (gth_write_file("/proc/sys/vm/drop_caches", "3", 1))
		return false;
	for (unsigned int i = 0; i < 3 * GTH_BOX_DEEDS; i++)
		if (resident_pages(fd[i]))
			return false;
	return true;
}

static const struct gth_file *file_of(const struct gth_box_files *f, unsigned int i)
{
	const struct gth_file *const kinds[] = { f->listed, f->plain, f->trusted };

	return &kinds[i / GTH_BOX_DEEDS][i % GTH_BOX_DEEDS];
}

/*
 * Nothing is known of any file, and no page of it is at hand. Descriptors from before
 * are for mapping; none of the others stays, so that inodes can go, too.
 */
static int evict(const struct gth_box_files *f, int fd[3 * GTH_BOX_DEEDS])
{
	int ret = gth_set("hooks/open", "0");
	unsigned int i;

	for (i = 0; i < 3 * GTH_BOX_DEEDS; i++) {
		fd[i] = gth_open_fd(file_of(f, i)->path, O_RDONLY);
		ret = ret ? ret : fd[i] < 0 ? fd[i] : gth_open(file_of(f, i)->path, O_WRONLY);
	}
	ret = ret ? ret : gth_set("hooks/open", "1");
	if (!ret && !f->resident && !gth_wait_until(evicted, fd))
		ret = -EBUSY;
	for (i = 0; i < 3 * GTH_BOX_DEEDS; i++) {
		if (i % GTH_BOX_DEEDS == GTH_BOX_MAP || fd[i] < 0)
			continue;
		close(fd[i]);
		fd[i] = -1;
	}
	if (!ret && !f->resident)
		ret = gth_write_file("/proc/sys/vm/drop_caches", "3", 1);
	return ret;
}

static int do_deed(const char *path, int fd, enum gth_box_deed deed)
{
	char *argv[] = { (char *)"test", NULL }, *envp[] = { NULL };

	switch (deed) {
	case GTH_BOX_OPEN:
		return gth_open(path, O_RDONLY);
	case GTH_BOX_MAP:
		return gth_map(fd, PROT_EXEC);
	default:
		execve(path, argv, envp);
		return -errno;
	}
}

/* The exit status; who is traced is let go on at each stop. -EINTR: a signal ended it */
static int wait_traced(pid_t pid)
{
	int status, signal;

	while (waitpid(pid, &status, 0) == pid) {
		if (!WIFSTOPPED(status))
			return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
		signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
		if (ptrace(PTRACE_CONT, pid, NULL, (void *)(intptr_t)signal))
			return -errno;
	}
	return -ECHILD;
}

/* Return: the result of a deed in a child; -ENOTRECOVERABLE: the child did not get there. */
static int attempt(const struct gth_box *box, const struct gth_file *f, int fd,
		   enum gth_box_deed deed)
{
	static struct outcome *o;
	struct gth_boxed b = { .box = box };
	pid_t pid;
	int status;

	o = o ? o : gth_shared(sizeof(*o));
	*o = (struct outcome) { .entered = -EINPROGRESS };
	snprintf(b.path, sizeof(b.path), "%s", f->path);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (box->attend && !o->attended)
			gth_pause(1000);
		o->entered = box->enter(&b);
		if (!o->entered)
			o->result = do_deed(b.path, fd, deed);
		_exit(EXIT_CODE);
	}
	if (!box->attend || !box->attend(pid))
		o->attended = true;
	else
		kill(pid, SIGKILL);
	status = wait_traced(pid);
	if (o->entered) {
		printf("# %s:%d: %s: entering gave %d\n", __FILE__, __LINE__, box->name,
		       o->entered);
		return -ENOTRECOVERABLE;
	}
	if (o->result || status < 0)
		return o->result ? o->result : status;
	return status == EXIT_CODE ? 0 : -EIO;
}

/* All that the module failed to read */
static gth_u64 read_errors(void)
{
	DIR *d = opendir(GTH_ROOT "stats");
	gth_u64 n = gth_stat("hash_errors");
	struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (!strncmp(entry->d_name, "error_", 6))
			n += gth_stat(entry->d_name);
	if (d)
		closedir(d);
	return n;
}

/*
 * One deed with one file. An allowed deed gives the result of the sandbox; a denied one
 * gives EPERM, or the sandbox was asked first. Where the file is got at all, it was read.
 */
static unsigned int check_one(const struct gth_box *box, const struct gth_file *f, int fd,
			      enum gth_box_deed deed, bool allowed, bool fresh)
{
	gth_u64 hashes = gth_stat("hashes"), errors = read_errors();
	int clean = box->clean[deed], got = attempt(box, f, fd, deed);
	bool right = allowed ? got == clean : got == -EPERM || (clean && got < 0);

	right = right && got != -ENOTRECOVERABLE && read_errors() == errors;
	if (fresh && !clean)
		right = right && gth_stat("hashes") > hashes;
	if (!right)
		printf("# %s:%d: %s: %s of %s, to be %s, gave %d; hashes %llu to %llu, errors %llu to %llu\n",
		       __FILE__, __LINE__, box->name, deed_names[deed], gth_bare_name(f->path),
		       allowed ? "allowed" : "denied", got, hashes, gth_stat("hashes"), errors,
		       read_errors());
	return !right;
}

/* gth_box_check() - every deed with every kind of file; the number of wrong results, each told of
 */
unsigned int gth_box_check(const struct gth_box *box, const struct gth_box_files *f)
{
	int fd[3 * GTH_BOX_DEEDS], ret = evict(f, fd);
	const int *listed_fd = fd, *plain_fd = fd + GTH_BOX_DEEDS,
		  *trusted_fd = plain_fd + GTH_BOX_DEEDS;
	unsigned int i, wrong = 0;

	if (ret) {
		printf("# %s:%d: %s: evicting gave %d\n", __FILE__, __LINE__, box->name, ret);
		wrong++;
	}
	for (i = 0; !ret && i < GTH_BOX_DEEDS; i++) {
		wrong += check_one(box, &f->plain[i], plain_fd[i], i, true, true);
		wrong += check_one(box, &f->listed[i], listed_fd[i], i, false, true);
	}
	/* Where only known programs may run, no task is locked out. */
	wrong += gth_set("exec_unknown", "deny") != 0;
	for (i = 0; !ret && i < GTH_BOX_DEEDS; i++)
		wrong += check_one(box, &f->trusted[i], trusted_fd[i], i, true, true);
	if (!ret)
		wrong += check_one(box, &f->plain[GTH_BOX_EXEC], -1, GTH_BOX_EXEC, false, false);
	wrong += gth_set("exec_unknown", "allow") != 0;
	for (i = 0; i < 3 * GTH_BOX_DEEDS; i++)
		if (fd[i] >= 0)
			close(fd[i]);
	return wrong;
}
