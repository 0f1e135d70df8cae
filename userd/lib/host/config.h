/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config.h - gotthardd.conf: the owner's consent and where everything lies.
 * INI as libinih reads it; an unknown section or name, a value twice or of the
 * wrong kind is an error that names its line. man/gotthardd.conf.5 tells all.
 */
#ifndef GTH_LIB_HOST_CONFIG_H
#define GTH_LIB_HOST_CONFIG_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/age/age.h"
#include "lib/text/data_class.h"
#include "lib/text/residency.h"

#define GTH_CONFIG_FILE "/etc/gotthard/gotthardd.conf"
#define GTH_CONFIG_LIST_MAX 256	       /* of each kind of exclusion */
#define GTH_CONFIG_SIZE_MAX (64 << 10) /* bytes of the file */

struct gth_list {
	size_t n;
	char *item[GTH_CONFIG_LIST_MAX];
};

struct gth_config {
	/* [endpoint] */
	char country[GTH_COUNTRY_SIZE]; /* of this machine's user; empty: not set, nothing is sent
					 */
	char region[PATH_MAX]; /* directory: trust, ca.pem, client.pem, client.key, endpoint.key */
	char state[PATH_MAX];  /* directory: spool, database, journal (/var/lib/gotthard) */
	char proxy[GTH_URL_SIZE];		/* http://HOST:PORT; empty: none */
	char owner_key[GTH_AGE_RECIPIENT_SIZE]; /* age1…: a second recipient of all files; empty:
						   none */
	char user[64], network_user[64];	/* of the store; of courier and dialer */

	/* [send]: the switches of the classes of data, in their order */
#define X(id, name, ...) bool name;
	GTH_DATA_CLASSES(X)
#undef X
	uint64_t max_size;    /* bytes of a file */
	uint64_t per_minute;  /* submissions; 0: no cap */
	uint64_t daily_quota; /* bytes of ciphertext a UTC day; 0: none */
	/* [exclude] */
	struct gth_list path;	    /* fnmatch(3) patterns with FNM_PATHNAME off: * matches / */
	struct gth_list owner;	    /* user names or numbers */
	struct gth_list filesystem; /* names as in /proc/filesystems */
	/* [spool] */
	uint64_t spool_quota; /* bytes */
	/* [verdict] */
	uint64_t poll; /* seconds between two GET /v1/verdicts; 0: never */
};

struct gth_config_error {
	unsigned int line; /* 0: of the whole file */
	char text[256];
};

void gth_config_say(const char *path, const struct gth_config_error *e, const char *then);
void gth_config_defaults(struct gth_config *c);
int gth_config_parse(struct gth_config *c, const char *text, size_t len,
		     struct gth_config_error *e);
int gth_config_load(struct gth_config *c, const char *path, struct gth_config_error *e);
void gth_config_free(struct gth_config *c);
bool gth_config_sends(const struct gth_config *c, enum gth_data_class class);

#endif /* GTH_LIB_HOST_CONFIG_H */
