/* SPDX-License-Identifier: GPL-2.0-or-later */
/* race.h - who opens, and who changes things meanwhile (the actors of race.c). */
#ifndef GTH_TEST_RACE_H
#define GTH_TEST_RACE_H

#include "stress.h"
#include "race_files.h"

/* Findings while the slot did not change, by operation. */
enum gth_race_kind {
	GTH_RACE_OPEN,
	GTH_RACE_LINK, /* opened under another name */
	GTH_RACE_EXEC,
	GTH_RACE_MAP,
	GTH_RACE_MPROTECT,
	GTH_RACE_KINDS
};

struct gth_tally {
	unsigned int denied;   /* listed, and denied */
	unsigned int allowed;  /* not listed, and allowed */
	unsigned int hot;      /* listed and allowed, while some open went unhashed */
	unsigned int unjudged; /* not listed and denied: mprotect cannot wait for a hash */
};

struct gth_race {
	struct gth_stress *stress;
	struct gth_race_files *files;
	struct gth_place place;
	struct gth_tally tally[GTH_RACE_KINDS];
	unsigned int held;   /* requests that were read */
	unsigned int moving; /* operations that say nothing: the slot did not hold still */
};

extern const char *const gth_race_names[GTH_RACE_KINDS];

/* Rounds of actors; arg is a struct gth_race. */
void gth_race_opener(void *arg);
void gth_race_linker(void *arg);
void gth_race_writer(void *arg);
void gth_race_renamer(void *arg);
void gth_race_tables(void *arg);
void gth_race_policy(void *arg);
void gth_race_verdicts(void *arg);
void gth_race_daemon(void *arg);
void gth_race_server(void *arg);

int gth_race_table(struct gth_race *race, bool swapped);

#endif /* GTH_TEST_RACE_H */
