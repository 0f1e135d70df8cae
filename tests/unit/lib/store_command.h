/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store_command.h - commands of gotthardctl for the store under test. */
#ifndef GTH_TEST_STORE_COMMAND_H
#define GTH_TEST_STORE_COMMAND_H

#include <jansson.h>
#include <stdbool.h>

/* Return: the answer, to be dropped. */
json_t *command(const char *text);

bool command_ok(const char *text);

/* A number of the status: a member, or (in) one of a member. */
json_int_t status_of(const char *in, const char *name);

/* Does status say these words of the journal? */
bool journal_says(const char *words);

#endif /* GTH_TEST_STORE_COMMAND_H */
