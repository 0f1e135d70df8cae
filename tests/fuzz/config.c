// SPDX-License-Identifier: GPL-2.0-or-later
/* config.c - fuzzes userd/lib/host/config.c: what is refused has a reason, what is taken holds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gth_config config;
	struct gth_config_error error;
	int err = gth_config_parse(&config, (const char *)data, size, &error);

	if (!err != !error.text[0])
		abort();
	if (err && (config.path.n || config.owner.n || config.filesystem.n))
		abort();
	if (!err && (config.state[0] != '/' || (config.country[0] && strlen(config.country) != 2)))
		abort();
	if (!err)
		gth_config_free(&config);
	return 0;
}
