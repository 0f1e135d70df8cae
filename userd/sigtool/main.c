// SPDX-License-Identifier: GPL-2.0-or-later
/* main.c - gotthard-sigtool: builds, checks and searches signature databases. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/atomic.h"
#include "lib/say.h"
#include "lib/standard.h"
#include "sigtool/sigtool.h"

#ifndef GTH_VERSION
#define GTH_VERSION "0.1"
#endif

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "build", command_build },	  { "info", command_info },
	{ "verify", command_verify },	  { "lookup", command_lookup },
	{ "generate", command_generate },
};

static const char doc[] =
	"Builds, checks and searches the signature databases of Gotthard.\v"
	"Commands:\n"
	"  build     make a database from lists of digests\n"
	"  info      show what a manifest says\n"
	"  verify    check a database as the kernel module does\n"
	"  lookup    find digests or files in a database\n"
	"  generate  write a list of pseudo-random digests for tests\n"
	"\n"
	"`gotthard-sigtool COMMAND --help' tells more about each. "
	"Exit status: 0 done, 1 bad input, 2 wrong usage, 3 input or output failed.";

const char *argp_program_version = "gotthard-sigtool " GTH_VERSION;

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case ARGP_KEY_ARG:
		argp_error(state, "there is no command `%s'", arg);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "a command is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char **argv)
{
	static const struct argp argp = { .parser = parse,
					  .args_doc = "COMMAND [ARGUMENT...]",
					  .doc = doc };
	static char name[64];
	size_t i;

	if (gth_standard_open() || gth_standard_watch(STATUS_IO))
		return STATUS_IO;
	argp_err_exit_status = STATUS_USAGE;
	if (gth_atomic_guard()) {
		gth_say("signals: %s", strerror(errno));
		return STATUS_IO;
	}
	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		snprintf(name, sizeof(name), "gotthard-sigtool %s", argv[1]);
		argv[1] = name;
		return commands[i].run(argc - 1, argv + 1);
	}
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, NULL);
	return STATUS_USAGE;
}
