// SPDX-License-Identifier: GPL-2.0-or-later
/* role.c - the store as a process of the daemon (see role.h). */
#include "daemon/role.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/store/store.h"
#include "lib/util/say.h"

static int open_if(int fd)
{
	return fcntl(fd, F_GETFD) < 0 ? -1 : fd;
}

static struct gth_signer endpoint;

int gth_store_prepare(struct gth_settings *settings)
{
	int err = gth_signer_parse_file(&endpoint, settings->part[GTH_PART_ENDPOINT_KEY].data,
					settings->part[GTH_PART_ENDPOINT_KEY].len);

	if (err)
		gth_say("%s/endpoint.key: is not a key; get the endpoint's files from the region "
			"again (gotthard-region enrol)",
			settings->config.region);
	return err;
}

int gth_store_run(const struct gth_settings *settings)
{
	const struct gth_config *config = &settings->config;
	struct gth_store_setup setup = {
		.broker = GTH_FD_BROKER,
		.courier = open_if(GTH_FD_COURIER),
		.control = open_if(GTH_FD_CONTROL),
		.settings = settings,
		.trust = &settings->trust,
		.endpoint = &endpoint,
	};
	int err;

	umask(027);
	setup.state_dir = open(config->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (setup.state_dir < 0) {
		gth_say("%s: %s", config->state, strerror(errno));
		return 1;
	}
	err = gth_store_serve(&setup);
	explicit_bzero(&endpoint, sizeof(endpoint));
	close(setup.state_dir);
	return err ? 1 : 0;
}
