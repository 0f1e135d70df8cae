// SPDX-License-Identifier: GPL-2.0-or-later
/* withheld.c - the words for why a file is not sent (see withheld.h). */
#include "lib/text/withheld.h"

static const struct {
	const char *name, *text;
} reasons[GTH_WITHHELD_REASONS] = {
#define X(id, name, text) [GTH_WITHHELD_##id] = { name, text },
	GTH_WITHHELD(X)
#undef X
};

const char *gth_withheld_name(enum gth_withheld reason)
{
	return reason < GTH_WITHHELD_REASONS ? reasons[reason].name : "?";
}

const char *gth_withheld_text(enum gth_withheld reason)
{
	return reason < GTH_WITHHELD_REASONS ? reasons[reason].text : "?";
}
