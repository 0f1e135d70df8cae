// SPDX-License-Identifier: GPL-2.0-or-later
/* landlock.c - Landlock sandboxes of every version (see box.h). */
#include "box.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As far as version 6 goes; the headers of the machine may be older. */
struct ruleset_attr {
	uint64_t fs, net, scoped;
};

struct beneath_attr {
	uint64_t allowed;
	int32_t parent_fd;
} __attribute__((packed));

#define CREATE_RULESET_VERSION 1U
#define RULE_PATH_BENEATH 1
#define EXECUTE 1ULL
#define READ_FILE 4ULL

/* Rights that came with each version */
static const struct {
	unsigned int fs_rights;
	uint64_t net, scoped;
	size_t size;
} versions[] = {
	{ 13, 0, 0, 8 },  { 14, 0, 0, 8 },  { 15, 0, 0, 8 },
	{ 15, 3, 0, 16 }, { 16, 3, 0, 16 }, { 16, 3, 3, 24 },
};

#define VERSIONS ((int)(sizeof(versions) / sizeof(versions[0])))

int gth_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);

	if (abi < 0)
		return -errno;
	return abi > VERSIONS ? VERSIONS : (int)abi;
}

/* One ruleset, with rights on one directory */
static int restrict_to(unsigned int abi, bool all, const char *dir, uint64_t rights)
{
	struct ruleset_attr attr = { .fs = EXECUTE | READ_FILE };
	struct beneath_attr beneath = { .allowed = rights };
	size_t size = versions[abi - 1].size;
	int ruleset, ret = 0;

	if (all) {
		attr.fs = (1ULL << versions[abi - 1].fs_rights) - 1;
		attr.net = versions[abi - 1].net;
		attr.scoped = versions[abi - 1].scoped;
	}
	beneath.parent_fd = gth_open_fd(dir, O_PATH | O_DIRECTORY);
	if (beneath.parent_fd < 0)
		return beneath.parent_fd;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	if (ruleset < 0 ||
	    syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &beneath, 0) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_landlock_restrict_self, ruleset, 0))
		ret = -errno;
	close(ruleset);
	close(beneath.parent_fd);
	return ret;
}

int gth_enter_landlock(struct gth_boxed *b)
{
	unsigned int abi = (unsigned int)b->box->n;
	char dir[128];
	int ret;

	snprintf(dir, sizeof(dir), "%.*s", (int)(gth_bare_name(b->path) - b->path), b->path);
	switch (b->box->m) {
	case GTH_LANDLOCK_EXECUTE:
		return restrict_to(abi, false, dir, EXECUTE);
	case GTH_LANDLOCK_ALL:
		return restrict_to(abi, true, dir, EXECUTE);
	case GTH_LANDLOCK_READ:
		return restrict_to(abi, true, dir, EXECUTE | READ_FILE);
	default:
		ret = restrict_to(abi, true, dir, EXECUTE | READ_FILE);
		ret = ret ? ret : restrict_to(abi, true, dir, EXECUTE);
		return ret ? ret : restrict_to(abi, false, dir, EXECUTE);
	}
}
