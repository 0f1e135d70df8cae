// SPDX-License-Identifier: GPL-2.0-or-later
/* main.c - gotthardctl: what operators and security teams ask and set. */
#include "ctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/device.h"
#include "lib/say.h"
#include "lib/standard.h"
#include "lib/sysfs.h"

static const struct ctl_command commands[] = {
	{ "status", "", "is this machine protected? (exit status 1: not as it should be)",
	  ctl_status },
	{ "policy", "[show|get NAME|set NAME VALUE]", "the knobs of /sys/kernel/gotthard/policy",
	  ctl_policy },
	{ "table", "info|load DIR|drop", "the signature table", ctl_table },
	{ "explain", "[--op OP] FILE...", "what would happen to FILE, and why", ctl_explain },
	{ "verdict", "list | set CLASS DIGEST|FILE... | forget DIGEST|FILE...",
	  "verdicts over the table", ctl_verdict },
	{ "submissions", "list | show ID | retry ID|all | drop ID",
	  "files on their way to the region, and what was withheld", ctl_submissions },
	{ "statistics", "preview", "the counts that are, or would be, sent", ctl_statistics },
	{ "stats", "", "the counters", ctl_stats },
	{ "egress", "list|show N|verify|export DIR",
	  "what left this machine, and what was withheld", ctl_egress },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *to)
{
	fputs("Usage: gotthardctl COMMAND [OPTION...] [ARGUMENT...]\n\n", to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %s %s\n      %s\n", commands[i].name, commands[i].args,
			commands[i].doc);
	fputs("\nEvery command knows --help and --json.\n"
	      "Exit status: 0 done, 1 failed or no, 2 usage, 3 the module is not loaded or you "
	      "are not root.\n",
	      to);
}

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
	static char name[64];

	if (gth_standard_open() || gth_standard_watch(CTL_FAILED))
		return CTL_FAILED;
	argp_err_exit_status = CTL_USAGE;
	if (argc < 2) {
		usage(stderr);
		return CTL_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-?") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return CTL_OK;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		puts("gotthardctl " GTH_VERSION);
		return CTL_OK;
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		if (!strcmp(argv[1], commands[i].name)) {
			snprintf(name, sizeof(name), "gotthardctl %s", commands[i].name);
			argv[1] = name;
			return commands[i].run(argc - 1, argv + 1);
		}
	}
	gth_say("no command '%s'; gotthardctl --help lists them", argv[1]);
	return CTL_USAGE;
}
