// SPDX-License-Identifier: GPL-2.0-or-later
/* live_policy.c - the knobs by their names, and their values (see live_policy.h). */
#include "live_policy.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "lib/host/sysfs.h"

#define HOOKS "hooks/"

/* ctl_knob_find() - enum gth_knob_id of a name such as "mode" or "hooks/open"; -ENOENT */
int ctl_knob_find(const char *name)
{
	bool hook = !strncmp(name, HOOKS, strlen(HOOKS));

	if (hook)
		name += strlen(HOOKS);
	for (int id = 0; id < GTH_KNOB_MAX; id++)
		if (gth_knobs[id].hook == hook && !strcmp(gth_knobs[id].name, name))
			return id;
	return -ENOENT;
}

/* ctl_knob_path() - its file below /sys/kernel/gotthard; 0 or -ENAMETOOLONG */
int ctl_knob_path(enum gth_knob_id id, char *path, size_t size)
{
	int n = snprintf(path, size, "policy/%s%s", gth_knobs[id].hook ? HOOKS : "",
			 gth_knobs[id].name);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

/* ctl_knob_legal() - its legal values, for people; cut at @size bytes */
void ctl_knob_legal(enum gth_knob_id id, char *text, size_t size)
{
	const struct gth_knob *knob = &gth_knobs[id];
	size_t len = 0;

	if (!knob->words) {
		snprintf(text, size, "%llu to %llu", (unsigned long long)knob->min,
			 (unsigned long long)knob->max);
		return;
	}
	*text = '\0';
	for (u64 i = 0; i <= knob->max && len < size; i++)
		len += (size_t)snprintf(text + len, size - len, "%s%s",
					!i		 ? ""
					: i == knob->max ? " or "
							 : ", ",
					knob->words[i]);
}

/* ctl_policy_read() - a knob that this module does not have is as it is at first; 0 or -errno */
int ctl_policy_read(struct gth_policy *p)
{
	char path[PATH_MAX], text[GTH_VALUE_MAX];
	int n;

	gth_policy_init(p);
	for (int id = 0; id < GTH_KNOB_MAX; id++) {
		ctl_knob_path((enum gth_knob_id)id, path, sizeof(path));
		n = gth_sysfs_read(path, text, sizeof(text));
		if (n == -ENOENT)
			continue;
		if (n >= 0)
			n = gth_knob_parse((enum gth_knob_id)id, text, &p->value[id]);
		if (n < 0)
			return n;
	}
	return 0;
}
