/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sigtool.h - the commands of gotthard-sigtool and what they have in common. */
#ifndef SIGTOOL_H
#define SIGTOOL_H

#include "lib/util/program.h"

/* Exit codes; gotthard-sigtool(1) documents them. */
enum status {
	STATUS_OK,
	STATUS_INPUT,  /* an input or a database is not what it should be */
	STATUS_IO = 3, /* the system refused: open, read, write, memory */
	STATUS_USAGE = GTH_EXIT_USAGE,
};

/* argv[0] is the program and the command, for usage lines. Each logs for itself. */
int command_build(int argc, char **argv);
int command_generate(int argc, char **argv);
int command_info(int argc, char **argv);
int command_lookup(int argc, char **argv);
int command_verify(int argc, char **argv);

#endif /* SIGTOOL_H */
