// SPDX-License-Identifier: GPL-2.0-or-later
/* spooled.c - the words for how far a file is (see spooled.h). */
#include "lib/text/spooled.h"

#include <stddef.h>

static const char *const names[GTH_SPOOLED_STATES] = {
	[GTH_SPOOLED_ASKED] = "asked",	       [GTH_SPOOLED_COPIED] = "copied",
	[GTH_SPOOLED_SEALED] = "sealed",       [GTH_SPOOLED_CREATED] = "created",
	[GTH_SPOOLED_UPLOADING] = "uploading", [GTH_SPOOLED_WAITING] = "waiting",
	[GTH_SPOOLED_DONE] = "done",	       [GTH_SPOOLED_WITHHELD] = "withheld",
	[GTH_SPOOLED_FAILED] = "failed",
};

/* The word for a state; "?" for a number that is none. */
const char *gth_spooled_name(int state)
{
	return state > 0 && state < GTH_SPOOLED_STATES ? names[state] : "?";
}
