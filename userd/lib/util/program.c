// SPDX-License-Identifier: GPL-2.0-or-later
/* program.c - command lines (see program.h). */
#include "lib/util/program.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/util/say.h"

#define WORD_MAX 32 /* letters; a longer word is not a misspelt command */
#define COMMANDS_MAX 32

static error_t parse(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	if (key != 'h')
		return ARGP_ERR_UNKNOWN;
	argp_state_help(state, state->out_stream, ARGP_HELP_STD_HELP);
	return 0;
}

static const struct argp_option options[] = {
	{ NULL, 'h', NULL, 0, "the same as --help", -1 },
	{ 0 },
};
static const struct argp common = { .options = options, .parser = parse };

const struct argp_child gth_argp_children[] = { { &common, 0, NULL, 0 }, { 0 } };

/**
 * gth_operands() - for the parser of a command all of whose operands are needed
 * @key: with @arg and @state as argp hands them over
 * @o: the operands
 *
 * Return: 0 or ARGP_ERR_UNKNOWN, for argp. Exits where one is missing.
 */
error_t gth_operands(int key, char *arg, struct argp_state *state, const struct gth_operand *o)
{
	unsigned int n = 0;

	while (o[n].name)
		n++;
	if (key == ARGP_KEY_ARG && state->arg_num < n) {
		*o[state->arg_num].at = arg;
		return 0;
	}
	if (key != ARGP_KEY_END)
		return ARGP_ERR_UNKNOWN;
	if (state->arg_num < n)
		argp_error(state, "%s is missing", o[state->arg_num].name);
	return 0;
}

static size_t smallest(size_t a, size_t b, size_t c)
{
	a = a < b ? a : b;
	return a < c ? a : c;
}

/* How many letters to insert, drop or change, or neighbours to swap, make one of the other */
static size_t distance(const char *a, const char *b)
{
	size_t d[WORD_MAX + 1][WORD_MAX + 1], n = strlen(a), m = strlen(b);

	if (n > WORD_MAX || m > WORD_MAX)
		return n + m;
	for (size_t i = 0; i <= n; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= n; i++)
		for (size_t j = 1; j <= m; j++) {
			d[i][j] = smallest(d[i - 1][j] + 1, d[i][j - 1] + 1,
					   d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	return d[n][m];
}

/* gth_near() - the word that was meant; NULL: none is near */
const char *gth_near(const char *word, const char *const *words, size_t n)
{
	size_t best = strlen(word) > 4 ? 3 : 2;
	const char *near = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t d = distance(word, words[i]);

		if (d < best) {
			best = d;
			near = words[i];
		}
	}
	return near;
}

/**
 * gth_program_begin() - what argp says of every command line
 * @version: of the program, as --version prints it; it stays the caller's
 */
void gth_program_begin(const char *version)
{
	argp_program_version = version;
	argp_err_exit_status = GTH_EXIT_USAGE;
}

static void usage(const struct gth_program *p, FILE *to)
{
	fprintf(to, "Usage: %s COMMAND [OPTION...] [ARGUMENT...]\n\n", p->name);
	for (size_t i = 0; i < p->n; i++)
		fprintf(to, "  %s%s%s\n      %s\n", p->commands[i].name,
			*p->commands[i].args ? " " : "", p->commands[i].args, p->commands[i].doc);
	fprintf(to,
		"\nEvery command knows --help; %s --version prints the version.\n"
		"Exit status: 0 done, %s, %d usage.\n",
		p->name, p->after, GTH_EXIT_USAGE);
}

/**
 * gth_wrong_word() - says that a word is none of those there are, and which was meant
 * @what: they are, such as "command"
 * @words: @n of them
 * @hint: how to go on
 *
 * Return: GTH_EXIT_USAGE.
 */
int gth_wrong_word(const char *what, const char *word, const char *const *words, size_t n,
		   const char *hint)
{
	const char *near = gth_near(word, words, n);

	gth_say("no %s '%s'%s%s%s; %s", what, word, near ? ": did you mean '" : "",
		near ? near : "", near ? "'?" : "", hint);
	return GTH_EXIT_USAGE;
}

/**
 * gth_wrong_verb() - the same of what stands behind a command
 * @verb: "": there was none
 * @verbs: end with NULL; one of them, if it is @verb, was used wrongly
 * @usage: all of them, with their arguments
 *
 * Return: GTH_EXIT_USAGE.
 */
int gth_wrong_verb(const char *verb, const char *const *verbs, const char *usage)
{
	char hint[256];
	size_t n = 0;
	bool known = !*verb;

	for (; verbs[n]; n++)
		known = known || !strcmp(verb, verbs[n]);
	snprintf(hint, sizeof(hint), "say %s%s", n > 1 ? "one of: " : "", usage);
	if (!known)
		return gth_wrong_word("command", verb, verbs, n, hint);
	gth_say("%s", hint);
	return GTH_EXIT_USAGE;
}

static int unknown(const struct gth_program *p, const char *word)
{
	size_t n = p->n < COMMANDS_MAX ? p->n : COMMANDS_MAX;
	const char *names[COMMANDS_MAX];
	char hint[64];

	for (size_t i = 0; i < n; i++)
		names[i] = p->commands[i].name;
	snprintf(hint, sizeof(hint), "%s --help lists them", p->name);
	return gth_wrong_word(*word == '-' ? "option" : "command", word, names, n, hint);
}

static bool is_one_of(const char *word, const char *a, const char *b, const char *c)
{
	return !strcmp(word, a) || !strcmp(word, b) || !strcmp(word, c);
}

/**
 * gth_program_run() - a program of commands
 * @p: its commands
 * @argc: as main() has it
 * @argv: its first word is replaced
 *
 * Return: the exit status.
 */
int gth_program_run(const struct gth_program *p, int argc, char **argv)
{
	static char name[64];

	if (argc < 2) {
		usage(p, stderr);
		return GTH_EXIT_USAGE;
	}
	if (is_one_of(argv[1], "--help", "-h", "-?") || !strcmp(argv[1], "help")) {
		usage(p, stdout);
		return 0;
	}
	if (is_one_of(argv[1], "--version", "-V", "version")) {
		puts(argp_program_version);
		return 0;
	}
	for (size_t i = 0; i < p->n; i++) {
		if (!strcmp(argv[1], p->commands[i].name)) {
			snprintf(name, sizeof(name), "%s %s", p->name, p->commands[i].name);
			argv[1] = name;
			return p->commands[i].run(argc - 1, argv + 1);
		}
	}
	return unknown(p, argv[1]);
}
