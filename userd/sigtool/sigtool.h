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
	/* of a proof: */
	STATUS_LOG,	  /* no log of the policy signed the checkpoint */
	STATUS_SIGNATURE, /* a signature of the checkpoint is invalid */
	STATUS_QUORUM,	  /* too few witnesses cosigned it */
	STATUS_INCLUSION, /* the manifest is not in the log */
	STATUS_USAGE = GTH_EXIT_USAGE,
};

/* argv[0] is the program and the command, for usage lines. Each logs for itself. */
int command_apply(int argc, char **argv);
int command_build(int argc, char **argv);
int command_diff(int argc, char **argv);
int command_generate(int argc, char **argv);
int command_import(int argc, char **argv);
int command_info(int argc, char **argv);
int command_lookup(int argc, char **argv);
int command_proof(int argc, char **argv);
int command_sign(int argc, char **argv);
int command_verify(int argc, char **argv);

#endif /* SIGTOOL_H */
