// SPDX-License-Identifier: GPL-2.0-or-later
/* config_say.c - what is wrong with a configuration, to stderr (see config.h). */
#include "lib/host/config.h"
#include "lib/util/say.h"

/* gth_config_say() - one line: the file, the line if it is of one, what is wrong, @then */
void gth_config_say(const char *path, const struct gth_config_error *e, const char *then)
{
	if (e->line)
		gth_say("%s:%u: %s%s", path, e->line, e->text, then);
	else
		gth_say("%s: %s%s", path, e->text, then);
}
