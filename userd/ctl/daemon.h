/* SPDX-License-Identifier: GPL-2.0-or-later */
/* daemon.h - what gotthardctl asks of the daemon's store, and reads of its database. */
#ifndef GTH_CTL_DAEMON_H
#define GTH_CTL_DAEMON_H

#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>

#define CTL_CONFIG_OPTION                                                                          \
	{                                                                                          \
		"config", 'c', "FILE", 0, "the daemon's configuration (see gotthardd.conf(5))", 0  \
	}

json_t *ctl_health_ask(bool *silent);
json_t *ctl_store_status(bool *busy);
json_t *ctl_store_ask(const char *command, bool quiet);
int ctl_store_do(const char *command, bool optional);
sqlite3 *ctl_open_db(const char *config_file);
int ctl_find_db(const char *config_file, sqlite3 **db);
int ctl_close_db(sqlite3 *db, int rc);

#endif /* GTH_CTL_DAEMON_H */
