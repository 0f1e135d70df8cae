// SPDX-License-Identifier: GPL-2.0-or-later
/* use.c - what may be done with a file of any kind where a hook sits (see kind.h). */
#include "kind.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *const gth_use_name[GTH_USE_MAX] = {
	[GTH_REOPEN_READ] = "reopen_read",
	[GTH_REOPEN_WRITE] = "reopen_write",
	[GTH_MAP_PRIVATE] = "map_private",
	[GTH_MAP_SHARED] = "map_shared",
	[GTH_MAP_EXEC_ONLY] = "map_exec_only",
	[GTH_MAP_IMPLIED] = "map_implied",
	[GTH_MAP_FAR] = "map_far",
	[GTH_PROTECT_PRIVATE] = "protect_private",
	[GTH_PROTECT_SHARED] = "protect_shared",
	[GTH_MAP_NOTHING] = "map_nothing",
	[GTH_MAP_ODD] = "map_odd",
	[GTH_EXEC_NAME] = "exec_name",
	[GTH_EXEC_FD] = "exec_fd",
	[GTH_EXEC_LINK] = "exec_link",
	[GTH_MODULE] = "module",
	[GTH_KEXEC] = "kexec",
	[GTH_EXPLAIN + GTH_OP_OPEN] = "explain_open",
	[GTH_EXPLAIN + GTH_OP_EXEC] = "explain_exec",
	[GTH_EXPLAIN + GTH_OP_MMAP] = "explain_mmap",
	[GTH_EXPLAIN + GTH_OP_MPROTECT] = "explain_mprotect",
	[GTH_EXPLAIN + GTH_OP_KERNEL] = "explain_kernel",
	[GTH_LOAD_MANIFEST] = "load_manifest",
	[GTH_LOAD_BODY] = "load_body",
};

static int map(const struct gth_object *o, int prot, int flags, size_t len, off_t offset)
{
	/* The system call itself: the library refuses some offsets by itself. */
	long p = syscall(SYS_mmap, NULL, len, prot, flags, o->fd, offset);

	if (p == -1)
		return -errno;
	munmap((void *)p, len);
	return 0;
}

static int map_implied(const struct gth_object *o)
{
	int ret;

	personality(PER_LINUX | READ_IMPLIES_EXEC);
	ret = map(o, PROT_READ, MAP_PRIVATE, o->unit, 0);
	personality(PER_LINUX);
	return ret;
}

static int protect(const struct gth_object *o, int flags)
{
	void *p = mmap(NULL, o->unit, PROT_READ, flags, o->fd, 0);
	int ret;

	if (p == MAP_FAILED)
		return -errno;
	ret = mprotect(p, o->unit, PROT_READ | PROT_EXEC) ? -errno : 0;
	munmap(p, o->unit);
	return ret;
}

static int explain(int fd, unsigned int op, int device)
{
	struct gth_explain x = { .size = sizeof(x), .fd = fd, .op = op };

	if (ioctl(device, GTH_IOC_EXPLAIN, &x))
		return -errno;
	return x.action == GTH_ACTION_ALLOW ? 0 : GTH_EXPLAINS_DENIAL;
}

static int load(int device, int manifest, int body)
{
	struct gth_load l = {
		.size = sizeof(l), .manifest_fd = manifest, .body_fd = body, .signature_fd = -1
	};

	return ioctl(device, GTH_IOC_LOAD, &l) ? -errno : 0;
}

/* It is taken for one part of a table; the other part is sound, so that both are read. */
static int load_part(const struct gth_object *o, int device, bool as_manifest)
{
	uint8_t digest[GTH_DIGEST_SIZE];
	struct gth_db db;
	char text[4096];
	int other, len, ret;

	gth_db_init(&db);
	gth_salt(digest, sizeof(digest));
	gth_db_add(&db, GTH_DOMAIN_SHA256, digest, GTH_CLASS_TRUSTED);
	gth_db_seal(&db);
	len = gth_db_manifest(&db, text, sizeof(text));
	if (as_manifest)
		other = gth_memory_file(db.record, sizeof(*db.record));
	else
		other = gth_memory_file(text, (size_t)len);
	if (as_manifest)
		ret = load(device, o->fd, other);
	else
		ret = load(device, other, o->fd);
	if (other < 0)
		ret = -EIO;
	else
		close(other);
	gth_db_free(&db);
	return ret;
}

static int kexec(int fd)
{
	return syscall(SYS_kexec_file_load, fd, -1, 0L, NULL, (long)KEXEC_FILE_NO_INITRAMFS)
		       ? -errno
		       : 0;
}

/* gth_use() - device: a descriptor of /dev/gotthard, which root has opened */
int gth_use(enum gth_use use, const struct gth_object *o, int device)
{
	const int code = PROT_READ | PROT_EXEC, careful = O_NONBLOCK | O_NOCTTY;
	char link[32];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", o->fd);
	switch (use) {
	case GTH_REOPEN_READ:
		return gth_open(link, O_RDONLY | careful);
	case GTH_REOPEN_WRITE:
		return gth_open(link, O_RDWR | careful);
	case GTH_MAP_PRIVATE:
		return map(o, code, MAP_PRIVATE, o->unit, 0);
	case GTH_MAP_SHARED:
		return map(o, code, MAP_SHARED, o->unit, 0);
	case GTH_MAP_EXEC_ONLY:
		return map(o, PROT_EXEC, MAP_PRIVATE, o->unit, 0);
	case GTH_MAP_IMPLIED:
		return map_implied(o);
	case GTH_MAP_FAR:
		return map(o, code, MAP_PRIVATE, o->unit, (off_t)1 << 30);
	case GTH_PROTECT_PRIVATE:
		return protect(o, MAP_PRIVATE);
	case GTH_PROTECT_SHARED:
		return protect(o, MAP_SHARED);
	case GTH_MAP_NOTHING:
		return map(o, code, MAP_PRIVATE, 0, 0);
	case GTH_MAP_ODD:
		return map(o, code, MAP_PRIVATE, o->unit, 1);
	case GTH_EXEC_NAME:
		return gth_exec(o->path);
	case GTH_EXEC_FD:
		return gth_exec_fd(o->fd);
	case GTH_EXEC_LINK:
		return gth_exec(link);
	case GTH_MODULE:
		return syscall(SYS_finit_module, o->fd, "", 0) ? -errno : 0;
	case GTH_KEXEC:
		return kexec(o->fd);
	case GTH_LOAD_MANIFEST:
		return load_part(o, device, true);
	case GTH_LOAD_BODY:
		return load_part(o, device, false);
	default:
		return explain(o->fd, use - GTH_EXPLAIN, device);
	}
}
