/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * settings.h - gotthardd.conf and the region's directory, as they were when the
 * broker read them.
 *
 * The broker alone reads those files: when it starts, and at each reload. It
 * checks them as a whole, and hands the bytes to the other processes in sealed
 * memory. Later changes on the disk have no effect until the next reload, so
 * that all processes work with the same region. The digest names one such
 * reading: every order carries it, and a process that has another digest
 * refuses it.
 */
#ifndef GTH_DAEMON_SETTINGS_H
#define GTH_DAEMON_SETTINGS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/gotthard.h>

#include "daemon/role.h"
#include "lib/host/config.h"
#include "lib/text/residency.h"

#define GTH_SETTINGS_DIGEST GTH_DIGEST_SIZE

enum gth_settings_part {
	GTH_PART_CONFIG,       /* gotthardd.conf */
	GTH_PART_TRUST,	       /* trust */
	GTH_PART_CA,	       /* ca.pem */
	GTH_PART_CLIENT,       /* client.pem */
	GTH_PART_CLIENT_KEY,   /* client.key */
	GTH_PART_ENDPOINT_KEY, /* endpoint.key */
	GTH_PARTS
};

struct gth_settings {
	uint8_t digest[GTH_SETTINGS_DIGEST]; /* of all parts; a child has only some of them */
	struct gth_config config;
	struct gth_trust trust;
	uid_t owners[GTH_CONFIG_LIST_MAX]; /* [exclude] owner, as numbers */
	size_t owners_n;
	struct {
		char *data; /* NULL: this process has no use for it */
		size_t len;
	} part[GTH_PARTS];
};

int gth_settings_read(struct gth_settings *s, const char *path, char *why, size_t size);
int gth_settings_digest(struct gth_settings *s);
int gth_settings_pack(const struct gth_settings *s, enum gth_role role);
int gth_settings_unpack(struct gth_settings *s, int fd);
bool gth_settings_same(const struct gth_settings *a, const struct gth_settings *b,
		       enum gth_settings_part part);
void gth_settings_wipe(struct gth_settings *s);
void gth_settings_free(struct gth_settings *s);

#endif /* GTH_DAEMON_SETTINGS_H */
