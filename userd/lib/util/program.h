/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * program.h - what the command lines of all programs have in common: -h and --help, --version,
 * wrong usage as exit status 64, and words, of which a misspelt one is named.
 */
#ifndef GTH_LIB_UTIL_PROGRAM_H
#define GTH_LIB_UTIL_PROGRAM_H

#include <argp.h>
#include <stddef.h>

#define GTH_EXIT_USAGE 64 /* EX_USAGE of <sysexits.h>: of every program */

struct gth_command {
	const char *name, *args, *doc;
	int (*run)(int argc, char **argv); /* argv[0]: "PROGRAM NAME", for usage lines */
};

struct gth_program {
	const char *name;
	const struct gth_command *commands;
	size_t n;
	const char *after; /* what its help ends with */
};

/* An argument that a command needs, in the order of its args_doc; a list ends with an empty one. */
struct gth_operand {
	const char *name;
	const char **at; /* set to the argument */
};

/* For the children of every struct argp: -h as --help */
extern const struct argp_child gth_argp_children[];

error_t gth_operands(int key, char *arg, struct argp_state *state, const struct gth_operand *o);
void gth_program_begin(const char *version);
int gth_program_run(const struct gth_program *p, int argc, char **argv);
int gth_wrong_word(const char *what, const char *word, const char *const *words, size_t n,
		   const char *hint);
int gth_wrong_verb(const char *verb, const char *const *verbs, const char *usage);
const char *gth_near(const char *word, const char *const *words, size_t n);

#endif /* GTH_LIB_UTIL_PROGRAM_H */
