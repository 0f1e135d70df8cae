// SPDX-License-Identifier: GPL-2.0-only
/* error.c - the meaning of an error for the file (see error.h). */
#include <linux/errno.h>
#include <linux/gotthard.h>
#include <linux/kernel.h>

#include "error.h"
#include "stats.h"

static const struct {
	int error;
	enum gth_error_kind kind;
	enum gth_stat stat;
} errors[] = {
#define X(name, errno_, kind_) { -errno_, GTH_ERROR_##kind_, GTH_STAT_error_##name },
	GTH_ERRORS(X)
#undef X
};

/* gth_error_kind() - of a negative errno; OTHER for one that is not listed */
enum gth_error_kind gth_error_kind(int error)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(errors); i++)
		if (errors[i].error == error)
			return errors[i].kind;
	return GTH_ERROR_OTHER;
}

/* gth_error_denies() - is a file denied for this error, also where unknown files are allowed? */
bool gth_error_denies(int error, u8 op, bool local)
{
	switch (gth_error_kind(error)) {
	case GTH_ERROR_MEDIUM:
		return false;
	case GTH_ERROR_PASSING:
		return true;
	default:
		return local || op != GTH_OP_OPEN;
	}
}

/* gth_error_count() - in the counter of its name, or in error_other */
void gth_error_count(int error)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		if (errors[i].error == error) {
			gth_stat_inc(errors[i].stat);
			return;
		}
	}
	gth_stat_inc(GTH_STAT_error_other);
}
