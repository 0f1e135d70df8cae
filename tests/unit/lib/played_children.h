/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * played_children.h - the broker's children, played by the test's own program. Time
 * is the test's: a turn takes a second.
 */
#ifndef GTH_TEST_PLAYED_CHILDREN_H
#define GTH_TEST_PLAYED_CHILDREN_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/broker/children.h"

extern struct gth_children children;
extern uint64_t children_now; /* ms */

/*
 * For main() of a child, with `--role': does what its order says, "live": beats until its peer is
 * gone; "exit N", "kill"; "long": announces a long step and stands still; "mute"; "flood": writes
 * without end. Return: the exit status.
 */
int child_play(void);

/* Children with these orders, none of which is started yet; and their end. */
void children_begin(const char *store, const char *courier, const char *dialer);
void children_finish(void);

/* The order of the next child of this role. */
void child_set(enum gth_role role, const char *text);

/* The broker's handling of the children that have changed. */
void children_take(unsigned int changes);

/* One turn of the broker's loop, a second after the last one. */
void children_turn(void);

/* So many turns; the children that are not @silent are heard in each of them. */
void children_pass(unsigned int seconds, enum gth_role silent);

/* Stops a child by a signal, after it has beaten; reads its beats. */
void child_stop(enum gth_role role);

bool child_runs(enum gth_role role);
bool children_run(void); /* all three */

/* Waits for a beat of the child. Return: one came. */
bool child_heard(enum gth_role role);

/* Waits for the end of courier and dialer, or of all. Return: none of them runs any more. */
bool children_gone(bool store_too);

const struct gth_children_report *child_report(enum gth_role role);

/* Whether its report has these words; "": it has no problem. */
bool child_says(enum gth_role role, const char *words);

#endif /* GTH_TEST_PLAYED_CHILDREN_H */
