// SPDX-License-Identifier: GPL-2.0-or-later
/* main.c - gotthard-sigtool: builds, checks, compares and searches signature databases. */
#include <errno.h>
#include <string.h>

#include "lib/util/atomic.h"
#include "lib/util/program.h"
#include "lib/util/say.h"
#include "lib/util/standard.h"
#include "sigtool/sigtool.h"

#ifndef GTH_VERSION
#define GTH_VERSION "0.1"
#endif

static const struct gth_command commands[] = {
	{ "build", "-o DIR [CLASS:]FILE...", "makes a database from lists of digests",
	  command_build },
	{ "import", "-o LIST FORMAT [FILE...]", "makes a list from those of other programs",
	  command_import },
	{ "info", "DIR|MANIFEST", "shows what a manifest says", command_info },
	{ "sign", "DIR|MANIFEST --key KEY --cert CERT", "signs a manifest", command_sign },
	{ "verify", "DIR|MANIFEST [BODY]", "checks a database as the kernel module does",
	  command_verify },
	{ "proof", "DIR|MANIFEST --policy FILE", "checks that a release is in a log",
	  command_proof },
	{ "lookup", "DIR|MANIFEST DIGEST|FILE...", "finds digests or files in a database",
	  command_lookup },
	{ "diff", "[-o DIR] OLD NEW", "shows what a release changes in another, or writes a delta",
	  command_diff },
	{ "apply", "BASE DELTA -o DIR", "makes a release from a base and a delta", command_apply },
	{ "generate", "-o FILE --count N", "writes a list of pseudo-random digests for tests",
	  command_generate },
};

int main(int argc, char **argv)
{
	static const struct gth_program program = {
		.name = "gotthard-sigtool",
		.commands = commands,
		.n = sizeof(commands) / sizeof(commands[0]),
		.after = "1 bad input, 3 input or output failed, 4 to 7 a proof that does not hold",
	};

	if (gth_standard_open() || gth_standard_watch(STATUS_IO))
		return STATUS_IO;
	gth_program_begin("gotthard-sigtool " GTH_VERSION);
	if (gth_atomic_guard()) {
		gth_say("signals: %s", strerror(errno));
		return STATUS_IO;
	}
	return gth_program_run(&program, argc, argv);
}
