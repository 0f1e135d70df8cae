// SPDX-License-Identifier: GPL-2.0-or-later
/* main.c - gotthard-region: the reference server of the processing region. */
#include <string.h>
#include <sys/stat.h>

#include "lib/util/program.h"
#include "lib/util/standard.h"
#include "region/decrypt.h"
#include "region/region.h"
#include "region/unpack.h"

static const struct gth_command commands[] = {
	{ "init", "DIR --region ID --country CC --url URL --serves COUNTRIES",
	  "makes a region: its CA, keys, first statement and database", region_init },
	{ "enrol", "DIR ENDPOINT OUT", "makes what one endpoint needs, in the new directory OUT",
	  region_enrol },
	{ "remove", "DIR ENDPOINT", "shuts an endpoint out", region_remove },
	{ "serve", "DIR", "serves until SIGTERM", region_serve },
	{ "report", "DIR", "counts of files, and due deletions", region_report },
	{ "backup", "DIR FILE", "copies the database", region_backup },
	{ "restore", "DIR FILE", "puts a copy of the database back", region_restore },
	{ "clock", "DIR", "is this machine's clock believed?", region_clock_command },
	{ "statement", "DIR", "issues a new statement", region_statement },
	{ "log-key", "NAME FILE", "makes the key of a log of releases", region_log_key },
	{ "publish", "LOGDIR RELEASEDIR --key FILE", "puts a release into a log", region_publish },
	{ "witness", "--log LOGDIR --log-key FILE --state DIR --key FILE",
	  "cosigns the checkpoint of a log", region_witness },
	{ "cosign", "LOGDIR FILE... --policy FILE", "puts cosignatures into a log's checkpoint",
	  region_cosign },
	{ "prove", "LOGDIR NAME VERSION", "proves that a release is in a log", region_prove },
};

int main(int argc, char **argv)
{
	static const struct gth_program program = {
		.name = "gotthard-region",
		.commands = commands,
		.n = sizeof(commands) / sizeof(commands[0]),
		.after = "1 failed",
	};

	if (gth_standard_open())
		return REGION_FAILED_EXIT;
	/*
	 * These processes print nothing, and their sandbox forbids the close() of
	 * gth_standard_watch().
	 */
	if (argc && !strcmp(argv[0], REGION_DECRYPT_ROLE))
		return region_decrypt_role(argc, argv);
	if (argc && !strcmp(argv[0], REGION_UNPACK_ROLE))
		return region_unpack_role(argc, argv);
	if (gth_standard_watch(REGION_FAILED_EXIT))
		return REGION_FAILED_EXIT;
	gth_program_begin("gotthard-region " GTH_VERSION);
	/* The files are keys and users' content: for this user alone. */
	umask(077);
	return gth_program_run(&program, argc, argv);
}
