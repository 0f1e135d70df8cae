// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * module.c - a module that is not there, for gotthardctl: preloaded, it takes what is
 * below /sys/kernel/gotthard from the directory FAKE_MODULE, /sys/module/gotthard and
 * /proc/cmdline from its "module" and "cmdline", and /dev/gotthard, which agrees with
 * everything, from its file "device", where the verdicts written last are; /etc/gotthard
 * from its directory "etc", and /var/lib/gotthard-root from its directory "state". Each file that
 * is opened is written to its file "opened": number, name; each table that is loaded to its file
 * "loaded": where its body begins to be read; its manifest is the file "manifest". With FAKE_SCOPE,
 * an enum gth_class, the policy leaves opens out, and each file is of that class. FAKE_BYTES is the
 * memory of the table.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/gotthard.h>

#define SYSFS "/sys/kernel/gotthard"
#define DEVICE "/dev/gotthard"
#define ETC "/etc/gotthard"
#define STATE "/var/lib/gotthard-root"

int __open_2(const char *path, int flags);

static int is_below(const char *path, const char *top)
{
	size_t len = strlen(top);

	return !strncmp(path, top, len) && (!path[len] || path[len] == '/');
}

static const char *place(const char *path, char out[PATH_MAX])
{
	const char *dir = getenv("FAKE_MODULE");

	if (!dir)
		return path;
	if (!strcmp(path, DEVICE))
		snprintf(out, PATH_MAX, "%s/device", dir);
	else if (is_below(path, ETC))
		snprintf(out, PATH_MAX, "%s/etc%s", dir, path + strlen(ETC));
	else if (is_below(path, STATE))
		snprintf(out, PATH_MAX, "%s/state%s", dir, path + strlen(STATE));
	else if (!strcmp(path, "/proc/cmdline"))
		snprintf(out, PATH_MAX, "%s/cmdline", dir);
	else if (!strcmp(path, "/sys/module/gotthard"))
		snprintf(out, PATH_MAX, "%s/module", dir);
	else if (!strncmp(path, SYSFS, strlen(SYSFS)))
		snprintf(out, PATH_MAX, "%s%s", dir, path + strlen(SYSFS));
	else
		return path;
	return out;
}

static int real_open(const char *path, int flags, mode_t mode)
{
	int (*next)(const char *, int, ...) =
		(int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");

	return next(path, flags, mode);
}

static void note(const char *file, long long number, const char *text)
{
	const char *dir = getenv("FAKE_MODULE");
	char name[PATH_MAX];
	int log;

	if (!dir || number < 0)
		return;
	snprintf(name, sizeof(name), "%s/%s", dir, file);
	log = real_open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (log < 0)
		return;
	dprintf(log, "%lld %s\n", number, text);
	close(log);
}

int open(const char *path, int flags, ...)
{
	char other[PATH_MAX];
	mode_t mode = 0;
	va_list args;
	int fd;

	if (flags & (O_CREAT | O_TMPFILE)) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	fd = real_open(place(path, other), flags, mode);
	note("opened", fd, path);
	return fd;
}

/* The function that open() becomes with -D_FORTIFY_SOURCE. */
int __open_2(const char *path, int flags)
{
	return open(path, flags);
}

int mkdir(const char *path, mode_t mode)
{
	int (*next)(const char *, mode_t) =
		(int (*)(const char *, mode_t))dlsym(RTLD_NEXT, "mkdir");
	char other[PATH_MAX];

	return next(place(path, other), mode);
}

int access(const char *path, int mode)
{
	int (*next)(const char *, int) = (int (*)(const char *, int))dlsym(RTLD_NEXT, "access");
	char other[PATH_MAX];

	return next(place(path, other), mode);
}

int scandir(const char *dir, struct dirent ***list, int (*filter)(const struct dirent *),
	    int (*order)(const struct dirent **, const struct dirent **))
{
	int (*next)(const char *, struct dirent ***, int (*)(const struct dirent *),
		    int (*)(const struct dirent **, const struct dirent **)) =
		(int (*)(const char *, struct dirent ***, int (*)(const struct dirent *),
			 int (*)(const struct dirent **, const struct dirent **)))dlsym(RTLD_NEXT,
											"scandir");
	char other[PATH_MAX];

	return next(place(dir, other), list, filter, order);
}

/* Of the table that was loaded last, in the words of its manifest; before that, of another. */
static void describe(struct gth_info *i, uint8_t digest[GTH_DIGEST_SIZE])
{
	char name[PATH_MAX], text[4096], hex[2 * GTH_DIGEST_SIZE + 1];
	unsigned long long version;
	ssize_t n;
	int fd;

	snprintf(name, sizeof(name), "%s/manifest", getenv("FAKE_MODULE"));
	fd = real_open(name, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	if (sscanf(text, "gotthard-signatures 1\nname: %31s\nversion: %llu\n", i->name, &version) !=
		    2 ||
	    !strstr(text, "body-sha256: ") ||
	    sscanf(strstr(text, "body-sha256: "), "body-sha256: %64s", hex) != 1)
		abort();
	i->table_version = version;
	for (int at = 0; at < GTH_DIGEST_SIZE; at++)
		sscanf(hex + 2 * at, "%2hhx", &digest[at]);
}

/* As the module does, from where the descriptor stands. */
static void take_manifest(int from)
{
	char name[PATH_MAX], text[4096];
	ssize_t n = read(from, text, sizeof(text));
	int to;

	snprintf(name, sizeof(name), "%s/manifest", getenv("FAKE_MODULE"));
	to = real_open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (n < 0 || to < 0 || write(to, text, (size_t)n) != n || close(to))
		abort();
}

int ioctl(int fd, unsigned long request, ...)
{
	int (*next)(int, unsigned long, ...) =
		(int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
	struct gth_verdict_list *l;
	uint8_t digest[GTH_DIGEST_SIZE] = { 0 };
	struct gth_explain *x;
	struct gth_floors *floors;
	struct gth_info *i, table;
	ssize_t got;
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	switch (request) {
	case GTH_IOC_INFO:
		i = arg;
		*i = (struct gth_info) { .table_version = 7, .entries = 1, .name = "fake" };
		describe(i, digest);
		if (getenv("FAKE_BYTES"))
			i->bytes = strtoull(getenv("FAKE_BYTES"), NULL, 10);
		return 0;
	case GTH_IOC_EXPLAIN:
		x = arg;
		x->action = x->would = GTH_ACTION_ALLOW;
		x->table_version = 7;
		strcpy(x->name, "fake");
		if (x->op == GTH_OP_OPEN && getenv("FAKE_SCOPE")) {
			x->reason = GTH_REASON_SCOPE;
			return 0;
		}
		x->domain = GTH_DOMAIN_SHA256;
		if (getenv("FAKE_SCOPE")) {
			x->class = (__u8)atoi(getenv("FAKE_SCOPE"));
			x->source = GTH_SOURCE_TABLE;
			x->digest[0] = 0xab;
		}
		return 0;
	case GTH_IOC_FLOORS:
		table = (struct gth_info) { .table_version = 7, .name = "fake" };
		describe(&table, digest);
		floors = arg;
		*floors = (struct gth_floors) { .size = sizeof(*floors), .n = 1 };
		memcpy(floors->floor[0].name, table.name, sizeof(table.name));
		floors->floor[0].version = table.table_version;
		memcpy(floors->floor[0].body_digest, digest, sizeof(digest));
		return 0;
	case GTH_IOC_LOAD:
		take_manifest(((struct gth_load *)arg)->manifest_fd);
		note("loaded", lseek(((struct gth_load *)arg)->body_fd, 0, SEEK_CUR), "body");
		return 0;
	case GTH_IOC_VERDICTS:
		l = arg;
		got = pread(fd, (void *)(uintptr_t)l->records, l->n * sizeof(struct gth_verdict),
			    0);
		l->n = got > 0 ? (unsigned int)got / sizeof(struct gth_verdict) : 0;
		l->cursor = 0;
		return 0;
	case GTH_IOC_DROP:
		return 0;
	default:
		return next(fd, request, arg);
	}
}
