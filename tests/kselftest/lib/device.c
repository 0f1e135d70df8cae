// SPDX-License-Identifier: GPL-2.0-or-later
/* device.c - calls on /dev/gotthard (see gth.h). */
#include "gth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Digests that verdicts were written for, shared with the test's children. */
#define JOURNAL_MAX 4096
static struct journal {
	unsigned int n;
	struct gth_verdict record[JOURNAL_MAX];
} * journal;

static void __attribute__((constructor)) journal_init(void)
{
	journal = mmap(NULL, sizeof(*journal), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (journal == MAP_FAILED)
		abort();
}

/* gth_forget_verdicts() - those of gth_verdict() */
void gth_forget_verdicts(void)
{
	unsigned int at, i;

	for (i = 0; i < journal->n; i++) {
		journal->record[i].class = GTH_CLASS_UNKNOWN;
		journal->record[i].expires = 0;
	}
	for (at = 0; at < journal->n; at += GTH_VERDICTS_PER_WRITE) {
		unsigned int n = journal->n - at;

		if (n > GTH_VERDICTS_PER_WRITE)
			n = GTH_VERDICTS_PER_WRITE;
		gth_verdicts(journal->record + at, n);
	}
	journal->n = 0;
}

int gth_device_call(unsigned long request, void *arg)
{
	int fd = gth_device(), ret;

	if (fd < 0)
		return fd;
	ret = ioctl(fd, request, arg) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

int gth_device(void)
{
	int fd = open(GTH_DEVICE, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int gth_drop(void)
{
	return gth_device_call(GTH_IOC_DROP, NULL);
}

int gth_info(struct gth_info *info)
{
	return gth_device_call(GTH_IOC_INFO, info);
}

int gth_explain(const char *path, int op, struct gth_explain *x)
{
	int fd = open(path, O_PATH | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	*x = (struct gth_explain) { .size = sizeof(*x), .fd = fd, .op = (uint32_t)op };
	ret = gth_device_call(GTH_IOC_EXPLAIN, x);
	close(fd);
	return ret;
}

/* gth_verdicts() - one write(2); does not note them for gth_end() */
int gth_verdicts(const struct gth_verdict *records, size_t n)
{
	int fd = gth_device(), ret = 0;
	ssize_t done;

	if (fd < 0)
		return fd;
	done = write(fd, records, n * sizeof(*records));
	if (done < 0)
		ret = -errno;
	else if ((size_t)done != n * sizeof(*records))
		ret = -EIO;
	close(fd);
	return ret;
}

int gth_verdict(const uint8_t *digest, int class, gth_u64 expires)
{
	return gth_verdict_by(GTH_SOURCE_ROOT, digest, class, expires);
}

int gth_verdict_by(int source, const uint8_t *digest, int class, gth_u64 expires)
{
	struct gth_verdict v = { .domain = GTH_DOMAIN_SHA256,
				 .class = (uint8_t) class,
				 .source = (uint8_t)source,
				 .expires = expires };

	memcpy(v.digest, digest, sizeof(v.digest));
	if (journal->n < JOURNAL_MAX)
		journal->record[journal->n++] = v;
	return gth_verdicts(&v, 1);
}
