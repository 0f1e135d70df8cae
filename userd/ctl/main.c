// SPDX-License-Identifier: GPL-2.0-or-later
/* main.c - gotthardctl: what operators and security teams ask and set. */
#include "ctl.h"

#include <errno.h>

#include "lib/host/device.h"
#include "lib/host/sysfs.h"
#include "lib/util/program.h"
#include "lib/util/say.h"
#include "lib/util/standard.h"

static const struct gth_command commands[] = {
	{ "status", "", "is this machine protected? (exit status 0: yes)", ctl_status },
	{ "policy", "[show|get NAME|set NAME VALUE|save]",
	  "the knobs of /sys/kernel/gotthard/policy", ctl_policy },
	{ "table", "info|load DIR|update LOGDIR|pin VERSION|rollback|...", "the signature table",
	  ctl_table },
	{ "explain", "[--op OP] FILE...", "the module's answer for FILE, and the reason",
	  ctl_explain },
	{ "verdict", "list | set CLASS DIGEST|FILE... | forget DIGEST|FILE...",
	  "verdicts over the table", ctl_verdict },
	{ "submissions", "list | show ID | retry ID|all | drop ID",
	  "files on their way to the region, and withheld files", ctl_submissions },
	{ "statistics", "preview", "the counts that are, or would be, sent", ctl_statistics },
	{ "stats", "", "the counters", ctl_stats },
	{ "egress", "list|show N|verify|export DIR", "data that left this machine or was withheld",
	  ctl_egress },
};

/* ctl_open_device() - a descriptor; negative: the reason was said */
int ctl_open_device(void)
{
	int device = gth_device_open();

	if (device < 0)
		gth_say("%s: %s", GTH_DEVICE, gth_device_open_hint(device));
	return device;
}

/* ctl_need_module() - CTL_OK, or CTL_NOT_LOADED and the reason was said */
int ctl_need_module(void)
{
	if (gth_sysfs_present())
		return CTL_OK;
	gth_say("%s", gth_device_open_hint(-ENOENT));
	return CTL_NOT_LOADED;
}

int main(int argc, char **argv)
{
	static const struct gth_program program = {
		.name = "gotthardctl",
		.commands = commands,
		.n = sizeof(commands) / sizeof(commands[0]),
		.after = "1 failed or no, 3 the module is not loaded or you are not root, "
			 "4 a release is not proved",
	};

	if (gth_standard_open() || gth_standard_watch(CTL_FAILED))
		return CTL_FAILED;
	gth_program_begin("gotthardctl " GTH_VERSION);
	return gth_program_run(&program, argc, argv);
}
