// SPDX-License-Identifier: GPL-2.0-or-later
/* unpack.c - starts the process that unpacks, and interprets its exit status (see unpack.h). */
#include "unpack.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>

#include "region/child.h"
#include "region/packed.h"

/* The reason why not all was scanned, in place of the engine's name of a finding. */
static const char *name_of(int status)
{
	/* A signal: libarchive has failed, or the limit of time or memory was reached. */
	if (!WIFEXITED(status))
		return "Gotthard.Unscanned.Failed";
	switch (WEXITSTATUS(status)) {
	case REGION_PACKED_READ:
		return NULL;
	case REGION_PACKED_DAMAGED:
		return "Gotthard.Unscanned.Damaged";
	case REGION_PACKED_ENCRYPTED:
		return "Gotthard.Unscanned.Encrypted";
	case REGION_PACKED_METHOD:
		return "Gotthard.Unscanned.Method";
	case REGION_PACKED_LIMIT:
		return "Gotthard.Unscanned.Limit";
	default:
		return "Gotthard.Unscanned.Failed";
	}
}

/**
 * region_unpack() - read the packed content of a file that the engine calls clean
 * @plain: the file
 * @unpacked: an empty file: gets, as a tar archive, the content that the engine did not unpack; it
 *	stays empty if there is none
 * @limit: the most bytes that are unpacked
 * @f: set to UNKNOWN, with the reason, if some content cannot be read
 *
 * Return: 0; -ENOSPC; -EIO: the process could not begin; -ECANCELED: @stop was set; or
 * an errno.
 */
int region_unpack(int plain, int unpacked, uint64_t limit, struct region_finding *f,
		  const atomic_bool *stop)
{
	const struct region_child child = {
		.role = REGION_UNPACK_ROLE,
		.limit = limit,
		.in = plain,
		.out = unpacked,
		.extra = -1,
	};
	const char *name;
	int status, err = region_child_run(&child, stop, &status);

	if (err && err != -ETIMEDOUT)
		return err;
	if (!err && WIFEXITED(status) && WEXITSTATUS(status) == REGION_UNPACK_NO_SPACE)
		return -ENOSPC;
	if (!err && WIFEXITED(status) && WEXITSTATUS(status) == REGION_CHILD_BROKEN)
		return -EIO;
	name = err ? "Gotthard.Unscanned.Limit" : name_of(status);
	if (name) {
		f->finding = GTH_FINDING_UNKNOWN;
		snprintf(f->name, sizeof(f->name), "%s", name);
	}
	return 0;
}
