/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store_process.h - the store as a child of the test, which plays its broker and its
 * courier. The test waits for what must come, never for a time.
 */
#ifndef GTH_TEST_STORE_PROCESS_H
#define GTH_TEST_STORE_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "daemon/settings.h"
#include "daemon/store/store.h"

#define PATIENCE_S 60 /* a test that waits for longer has failed */

extern struct store_process {
	pid_t pid;
	int broker, courier; /* the test's ends */
	char dir[64], control[108];
	int state_dir;
	struct gth_settings settings;
	struct gth_store_pace pace;
} store;

/* A new state directory, a region as it should be, and nothing seen. */
void fresh(void);

/* At the end of a program: removes the state directory, and frees what was seen. */
void store_end(void);

/* Runs the store as a process, on the state that is there. */
void start(void);

/* By a signal, or (0) by the end of the broker. Return: its status. */
int stop_by(int signal);

/* Lets both ends go on for a moment. Return: is the store there? */
bool pump(int ms);

/* Goes on until something is so. Return: is it? */
#define until(condition)                                                                           \
	({                                                                                         \
		time_t end_ = time(NULL) + PATIENCE_S;                                             \
		bool is_;                                                                          \
		while (!(is_ = (condition)) && time(NULL) < end_)                                  \
			if (!pump(20))                                                             \
				break;                                                             \
		is_;                                                                               \
	})

/* As the broker does when it was reloaded: this text, and the trust that keys.h has. */
void reload(const char *text);

/*
 * The broker sends the journal's head that it keeps: at first, and when root has
 * accepted another journal.
 */
void tell_kept(void);

/* How many files are in a directory of the state directory. */
int files_in(const char *dir);

#endif /* GTH_TEST_STORE_PROCESS_H */
