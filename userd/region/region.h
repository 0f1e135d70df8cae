/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * region.h - a region: its directory, its keys and its statement.
 *
 *	trust/trust, trust/ca.pem for endpoints, to trust it keys/ of the CA, TLS, statements,
 *	verdicts, files statement the signed one that is served state.db submissions, verdicts,
 *	endpoints incoming/UUID ciphertext work/ plaintext, in files without a name
 */
#ifndef REGION_REGION_H
#define REGION_REGION_H

#include <limits.h>

#include "lib/text/residency.h"
#include "lib/util/program.h"
#include "region/clock.h"
#include "region/state.h"

enum { REGION_OK, REGION_FAILED_EXIT, REGION_USAGE = GTH_EXIT_USAGE };

#define REGION_STATEMENT_VALID (7 * 86400) /* seconds */
#define REGION_MAX_SIZE (64ULL << 20)
#define REGION_RETENTION (7 * 86400)

struct region {
	char path[PATH_MAX];
	int dirfd, keysfd;
	struct gth_trust trust;
	struct gth_signer statement_key, region_key;
	bool can_issue; /* the statement key is there */
	struct gth_age_identity age_key;
	struct gth_statement statement; /* for one thread: the last that was read or issued */
	struct region_state state;
};

int region_open(struct region *r, const char *path);
void region_close(struct region *r);
int region_issue(struct region *r, uint64_t valid, uint64_t now);
int region_statement_write(int dirfd, const struct gth_statement *s, const struct gth_signer *key);

int region_clock_command(int argc, char **argv);
int region_init(int argc, char **argv);
int region_enrol(int argc, char **argv);
int region_backup(int argc, char **argv);
int region_restore(int argc, char **argv);
int region_remove(int argc, char **argv);
int region_serve(int argc, char **argv);
int region_report(int argc, char **argv);
int region_log_key(int argc, char **argv);
int region_publish(int argc, char **argv);
int region_witness(int argc, char **argv);
int region_cosign(int argc, char **argv);
int region_prove(int argc, char **argv);
int region_statement(int argc, char **argv);

#endif /* REGION_REGION_H */
