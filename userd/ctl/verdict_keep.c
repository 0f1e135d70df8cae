// SPDX-License-Identifier: GPL-2.0-or-later
/* verdict_keep.c - gotthardctl verdict --keep: root's verdicts for the next start. */
#include "verdict.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "lib/host/table_dir.h"
#include "lib/host/verdict_file.h"
#include "lib/util/say.h"

/* ctl_verdict_keep() - as they were written; @why: or NULL. Return: 0 or -errno. */
int ctl_verdict_keep(const struct gth_verdict *records, size_t n, const char *why)
{
	struct gth_kept_verdict *kept = calloc(n, sizeof(*kept));
	int err;

	if (!kept)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		kept[i].v = records[i];
		kept[i].uid = getuid();
		kept[i].when = (uint64_t)time(NULL);
		snprintf(kept[i].why, sizeof(kept[i].why), "%s", why ? why : "");
	}
	err = gth_verdict_file_set(GTH_ETC, kept, n);
	free(kept);
	return err;
}

/* ctl_verdict_unkeep() - none of them at the next start. Return: 0 or -errno. */
int ctl_verdict_unkeep(const struct gth_verdict *records, size_t n)
{
	int ret = gth_verdict_file_forget(GTH_ETC, records, n);

	return ret < 0 ? ret : 0;
}

static void ignore(void *ctx, unsigned int line, const char *text)
{
	(void)ctx, (void)line, (void)text;
}

/* ctl_verdict_warn_kept() - the next start brings back what the file says of them */
void ctl_verdict_warn_kept(const struct gth_verdict *records, size_t n)
{
	struct gth_verdict_file f;
	unsigned int other = 0;

	gth_verdict_file_load(&f, GTH_ETC, ignore, NULL);
	for (size_t i = 0; i < n; i++) {
		const struct gth_kept_verdict *k = gth_verdict_file_find(&f, &records[i]);

		other += k && k->v.class != records[i].class;
	}
	gth_verdict_file_free(&f);
	if (other)
		gth_say("%u of them are kept differently, and the kept ones count again when "
			"gotthardd starts: give --keep to change them",
			other);
}
