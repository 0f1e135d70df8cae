// SPDX-License-Identifier: GPL-2.0-or-later
/* store_role.c - the store as a process of the daemon: what it begins with (see role.h). */
#include "role.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/say.h"
#include "store.h"

#define KEY "endpoint.key"

static int open_if(int fd)
{
	return fcntl(fd, F_GETFD) < 0 ? -1 : fd;
}

/* What was read with the broker's rights: the key is nobody else's. */
static struct {
	struct gth_trust trust;
	struct gth_signer endpoint;
	bool trusted, signs;
} region;

/*
 * Whom may be trusted, and this machine's key. Without a region nothing is sent, and
 * what is known stays known. Return: was each there?
 */
static void load_region(const char *path)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;

	if (dir < 0) {
		gth_say("%s: %s; nothing is sent", path, strerror(errno));
		return;
	}
	err = gth_trust_load(&region.trust, dir);
	if (err)
		gth_say("%s/trust: %s; nothing is sent", path,
			err == -EBADMSG ? "is no trust bundle" : strerror(-err));
	region.trusted = !err;
	err = gth_signer_load(&region.endpoint, dir, KEY);
	if (err)
		gth_say("%s/" KEY ": %s; nothing is sent", path,
			err == -EINVAL || err == -EBADMSG ? "is no key" : strerror(-err));
	region.signs = !err;
	close(dir);
}

int gth_store_prepare(const struct gth_config *config)
{
	load_region(config->region);
	return 0;
}

int gth_store_run(const struct gth_config *config, const char *config_file)
{
	struct gth_store_setup setup = {
		.broker = GTH_FD_BROKER,
		.courier = open_if(GTH_FD_COURIER),
		.control = open_if(GTH_FD_CONTROL),
		.config = config,
		.config_file = config_file,
	};
	int err;

	umask(027);
	setup.state_dir = open(config->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (setup.state_dir < 0) {
		gth_say("%s: %s", config->state, strerror(errno));
		return 1;
	}
	setup.trust = region.trusted && region.signs ? &region.trust : NULL;
	setup.endpoint = region.signs ? &region.endpoint : NULL;
	err = gth_store_serve(&setup);
	explicit_bzero(&region.endpoint, sizeof(region.endpoint));
	close(setup.state_dir);
	return err ? 1 : 0;
}
