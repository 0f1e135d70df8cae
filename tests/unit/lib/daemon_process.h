/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * daemon_process.h - the broker with its real children, and the service manager and
 * the module, which the test plays.
 */
#ifndef GTH_TEST_DAEMON_PROCESS_H
#define GTH_TEST_DAEMON_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "daemon/broker/broker.h"

#define PATIENCE_MS 60000

extern char daemon_dir[];			     /* with all that it has */
extern char region_dir[];			     /* the bundle of its region */
extern char daemon_control[];			     /* its socket */
extern const struct gth_children_pace *daemon_pace;  /* NULL: the usual one */
extern const struct gth_relay_device *daemon_device; /* NULL: a module that asks for nothing */
extern int notices;				     /* what the broker tells the service manager */

/* The directory, and the service manager's socket. */
void prepare_daemon(void);
void remove_daemon(void);

/* A configuration with these lines at its end. */
void configure(const char *more);

/* For whom the children run. */
const char *daemon_user(void);

pid_t start_daemon(void);

/* By SIGTERM. Return: its status. */
int end_daemon(pid_t pid);

/* How often the module was served by anybody. */
unsigned int serves(void);

/* Waits until the service manager is told something with these words. */
bool told(const char *words);

/* The child of @parent with this name; 0: there is none. */
pid_t child_of(pid_t parent, const char *name);

/* Waits for a child of that name which is not @other. */
pid_t wait_child(pid_t parent, const char *name, pid_t other);

#endif /* GTH_TEST_DAEMON_PROCESS_H */
