// SPDX-License-Identifier: GPL-2.0-or-later
/* unpack_role.c - the process that reads archives: it can compute, write to one file and exit. */
#include <archive.h>
#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/util/io.h"
#include "lib/util/number.h"
#include "region/child.h"
#include "region/confine.h"
#include "region/packed.h"
#include "region/unpack.h"

#define HELD (128ULL << 20) /* bytes of members, in memory at a time */
#define MEMORY (1ULL << 30) /* address space beside the file, bytes: dictionaries, too */
#define MEMBERS 100000
#define DEPTH 20 /* clamd reports more than 17 */
#define CPU_S 120

/*
 * Before the filter, because libarchive and the C library build tables and read files at first use.
 */
static int warm_up(void)
{
	struct archive *a = archive_read_new();
	time_t now = time(NULL);
	struct tm tm;
	int err = -ENOMEM;

	if (a && archive_read_support_filter_all(a) >= ARCHIVE_WARN &&
	    archive_read_support_format_all(a) >= ARCHIVE_WARN && localtime_r(&now, &tm))
		err = 0;
	archive_read_free(a);
	return err;
}

static int write_out(void *context, const void *data, size_t len)
{
	(void)context;
	return gth_write_all(STDOUT_FILENO, data, len);
}

/* Return: the exit status, of unpack.h. */
int region_unpack_role(int argc, char **argv)
{
	static const struct region_packed_sink sink = { .write = write_out };
	struct region_packed_limits limits = { .held = HELD, .members = MEMBERS, .depth = DEPTH };
	struct region_bounds bounds = { .cpu = CPU_S, .files = REGION_CHILD_EXTRA_FD };
	static const int more[] = { SCMP_SYS(clock_gettime), SCMP_SYS(time) };
	unsigned long long limit;
	const void *data;
	struct stat st;
	int rc;

	if (argc != 2 || gth_number_parse(argv[1], INT64_MAX, &limit) || fstat(0, &st))
		return REGION_CHILD_BROKEN;
	if (!st.st_size)
		return REGION_PACKED_READ;
	limits.bytes = limit;
	bounds.file = limit;
	bounds.memory = MEMORY + (uint64_t)st.st_size;
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, 0, 0);
	/* Other system calls fail with ENOSYS, so that libraries do without them. */
	if (data == MAP_FAILED || close(0) || warm_up() || region_confine_drop(&bounds) ||
	    region_confine_calls(more, sizeof(more) / sizeof(more[0]), SCMP_ACT_ERRNO(ENOSYS)))
		return REGION_CHILD_BROKEN;
	rc = region_packed_read(data, (size_t)st.st_size, &limits, &sink);
	switch (rc) {
	case -ENOSPC:
	case -EDQUOT:
		return REGION_UNPACK_NO_SPACE;
	case -EFBIG:
	case -ENOMEM:
		return REGION_PACKED_LIMIT;
	default:
		return rc < 0 ? REGION_CHILD_BROKEN : rc;
	}
}
