// SPDX-License-Identifier: GPL-2.0-or-later
/* device.c - /dev/gotthard, and its errors in words (see device.h). */
#include "lib/host/device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* gth_device_open() - a descriptor, or -errno */
int gth_device_open(void)
{
	int fd = open(GTH_DEVICE, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* gth_device_open_hint() - what to do about an error of gth_device_open() */
const char *gth_device_open_hint(int error)
{
	switch (error) {
	case -ENOENT:
	case -ENXIO:
	case -ENODEV:
		return "the module is not loaded (or switched off): modprobe gotthard";
	case -EACCES:
	case -EPERM:
		return "this needs root (CAP_SYS_ADMIN)";
	default:
		return strerror(-error);
	}
}

static int call(int device, unsigned long request, void *arg)
{
	return ioctl(device, request, arg) < 0 ? -errno : 0;
}

int gth_device_info(int device, struct gth_info *info)
{
	return call(device, GTH_IOC_INFO, info);
}

static int load_table(int device, const struct gth_table_files *files, unsigned int flags)
{
	struct gth_load load = {
		.size = sizeof(load),
		.flags = flags,
		.manifest_fd = files->manifest,
		.body_fd = files->body,
		.signature_fd = files->signature,
	};

	return call(device, GTH_IOC_LOAD, &load);
}

/* gth_device_same_release() - was the table that is in force now in force before? */
bool gth_device_same_release(const struct gth_info *before, const struct gth_info *now)
{
	return now->table_version && before->table_version == now->table_version &&
	       !strcmp(before->name, now->name);
}

/* gth_device_load() - replace the table; errors: GTH_IOC_LOAD in linux/gotthard.h */
int gth_device_load(int device, const struct gth_table_files *files)
{
	return load_table(device, files, 0);
}

/* gth_device_roll_back() - as gth_device_load(), and an older version is taken */
int gth_device_roll_back(int device, const struct gth_table_files *files)
{
	return load_table(device, files, GTH_LOAD_ROLLBACK);
}

/* gth_device_load_hint() - what an error of gth_device_load() means */
const char *gth_device_load_hint(int error)
{
	switch (error) {
	case -EINVAL:
		return "the manifest is malformed; gotthard-sigtool verify says where";
	case -ESTALE:
		return "its version is not higher than one loaded before under this name (gotthardctl table rollback goes back to the release that was kept before)";
	case -ENOMSG:
		return "it is not signed, and the module accepts signed tables only: sign it with gotthard-sigtool sign --key KEY --cert CERTIFICATE DIR, by a key that gotthardctl status names (loaded with require_signed=0, the module accepts any table)";
	case -EILSEQ:
		return "manifest.p7s is not a signature as the module reads it: sign the manifest again, with gotthard-sigtool sign";
	case -ENOPKG:
		return "this kernel does not have the algorithm of the signature: sign with an RSA key";
	case -ENOKEY:
		return "it is signed by a key that the module does not know; gotthard-sigtool info shows which, and gotthardctl status those that it knows";
	case -EKEYREJECTED:
		return "the signature is not of this manifest, or was made when its certificate was not valid: do the files belong together?";
	case -ENOSPC:
		return "the module remembers as many names of databases as it can: keep to one name";
	case -EAGAIN:
		return "it did not fit at the first attempt, and a pipe cannot be read twice: try again";
	case -ENODATA:
		return "the body is shorter than the manifest says: was it copied whole?";
	case -EFBIG:
		return "the body is longer than the manifest says, or larger than the module "
		       "accepts";
	case -EPROTO:
		return "a record is out of order or unknown, or the counts differ; gotthard-sigtool verify says which";
	case -EBADMSG:
		return "the body's digest is not the manifest's: do they belong together?";
	case -ENOMEM:
		return "not enough free memory for a new table beside the one in force";
	case -EBUSY:
		return "another load is under way";
	case -EINTR:
		return "interrupted; the table in force stays";
	default:
		return strerror(-error);
	}
}

/* gth_device_floors() - the highest release of each name; 0 or -errno */
int gth_device_floors(int device, struct gth_floors *list)
{
	*list = (struct gth_floors) { .size = sizeof(*list) };
	return call(device, GTH_IOC_FLOORS, list);
}

/* gth_device_raise() - nothing older is loaded from now on; errors: GTH_IOC_RAISE */
int gth_device_raise(int device, const struct gth_floor *f)
{
	struct gth_floors list = { .size = sizeof(list), .n = 1, .floor[0] = *f };

	return call(device, GTH_IOC_RAISE, &list);
}

int gth_device_drop(int device)
{
	return call(device, GTH_IOC_DROP, NULL);
}

/* gth_device_exempt() - neither hold nor deny this process while device is open */
int gth_device_exempt(int device)
{
	return call(device, GTH_IOC_EXEMPT, NULL);
}

/*
 * gth_device_serve() - requests go to this descriptor until it is closed; reads of
 * it do not block from now on. 0; -EBUSY: another one serves; or -errno.
 */
int gth_device_serve(int device)
{
	if (fcntl(device, F_SETFL, O_NONBLOCK))
		return -errno;
	return call(device, GTH_IOC_SERVE, NULL);
}

/* gth_device_hooks() - the module keeps these BPF links, and no others; 0 or -errno */
int gth_device_hooks(int device, const int *links, unsigned int n)
{
	struct gth_hooks hooks = { .size = sizeof(hooks), .n = n };

	if (n > GTH_LINKS_MAX)
		return -EINVAL;
	for (unsigned int i = 0; i < n; i++)
		hooks.fd[i] = links[i];
	return call(device, GTH_IOC_HOOKS, &hooks);
}

/* gth_device_explain() - fd may be O_PATH; x is filled in */
int gth_device_explain(int device, int fd, unsigned int op, struct gth_explain *x)
{
	memset(x, 0, sizeof(*x));
	x->size = sizeof(*x);
	x->fd = fd;
	x->op = op;
	return call(device, GTH_IOC_EXPLAIN, x);
}

/* gth_device_region() - from now on it writes verdicts of the region only; 0 or -errno */
int gth_device_region(int device)
{
	return call(device, GTH_IOC_REGION, NULL);
}

/* gth_device_verdict() - all or none; errors: struct gth_verdict in linux/gotthard.h */
int gth_device_verdict(int device, const struct gth_verdict *records, unsigned int n)
{
	return write(device, records, n * sizeof(*records)) < 0 ? -errno : 0;
}

/**
 * gth_device_verdicts() - all that are held, of root and of the region
 * @device: its descriptor
 * @records: set on success, to be freed; NULL: there are none
 * @n: how many
 *
 * Return: 0 or -errno.
 */
int gth_device_verdicts(int device, struct gth_verdict **records, size_t *n)
{
	struct gth_verdict_list list = { .size = sizeof(list) };
	struct gth_verdict *all = NULL, *more;
	int err;

	*n = 0;
	do {
		more = reallocarray(all, *n + GTH_VERDICTS_PER_READ, sizeof(*all));
		if (!more) {
			free(all);
			return -ENOMEM;
		}
		all = more;
		list.n = GTH_VERDICTS_PER_READ;
		list.records = (uintptr_t)(all + *n);
		err = call(device, GTH_IOC_VERDICTS, &list);
		if (err) {
			free(all);
			return err;
		}
		*n += list.n;
	} while (list.cursor);
	*records = all;
	return 0;
}
