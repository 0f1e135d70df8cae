// SPDX-License-Identifier: GPL-2.0-or-later
/* main.c - gotthard-region: the reference server of the processing region. */
#include <argp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/say.h"
#include "lib/standard.h"
#include "region/decrypt.h"
#include "region/region.h"

static const struct {
	const char *name, *args, *doc;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "init", "DIR --region ID --country CC --url URL --serves COUNTRIES",
	  "makes a region: its CA, keys, first statement and database", region_init },
	{ "enrol", "DIR ENDPOINT OUT", "makes what one endpoint needs, in the new directory OUT",
	  region_enrol },
	{ "serve", "DIR", "serves until SIGTERM", region_serve },
	{ "report", "DIR", "what is there, and what is due", region_report },
	{ "clock", "DIR", "is this machine's clock believed?", region_clock_command },
	{ "statement", "DIR", "issues a new statement", region_statement },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *to)
{
	fputs("Usage: gotthard-region COMMAND [OPTION...] [ARGUMENT...]\n\n", to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %s %s\n      %s\n", commands[i].name, commands[i].args,
			commands[i].doc);
	fputs("\nEvery command knows --help.\nExit status: 0 done, 1 failed, 2 usage.\n", to);
}

int main(int argc, char **argv)
{
	static char name[64];

	if (gth_standard_open())
		return REGION_FAILED_EXIT;
	/* It prints nothing, and may not even close a file. */
	if (argc && !strcmp(argv[0], REGION_DECRYPT_ROLE))
		return region_decrypt_role(argc, argv);
	if (gth_standard_watch(REGION_FAILED_EXIT))
		return REGION_FAILED_EXIT;
	argp_err_exit_status = REGION_USAGE;
	/* Keys and files of others: for nobody else. */
	umask(077);
	if (argc < 2) {
		usage(stderr);
		return REGION_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-?") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return REGION_OK;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		puts("gotthard-region " GTH_VERSION);
		return REGION_OK;
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		if (!strcmp(argv[1], commands[i].name)) {
			snprintf(name, sizeof(name), "gotthard-region %s", commands[i].name);
			argv[1] = name;
			return commands[i].run(argc - 1, argv + 1);
		}
	}
	gth_say("no command '%s'; gotthard-region --help lists them", argv[1]);
	return REGION_USAGE;
}
