/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hostile_input.h - random and nearly valid things to throw at the module: addresses,
 * words, descriptors, and calls that use them. Numbers are those of stress.h.
 */
#ifndef GTH_TEST_HOSTILE_INPUT_H
#define GTH_TEST_HOSTILE_INPUT_H

#include "gth.h"

#define GTH_HOSTILE_FDS 17
#define GTH_HOSTILE_FILES 128
#define GTH_HOSTILE_LOADS 4096

/* The manifests that may be in force when all is over; shared by the actors. */
struct gth_hostile_loads {
	unsigned int n, dropped;
	struct {
		gth_u64 version, entries;
	} load[GTH_HOSTILE_LOADS];
};

/* One actor's own. */
struct gth_hostile {
	int device; /* may belong to another program */
	struct gth_hostile_loads *loads;
	const struct gth_place *place;
	uint8_t *page; /* 4 pages that can be written; none follows */
	int fd[GTH_HOSTILE_FDS];
	int manifest, body, link; /* places in fd; only root has a link of a hook */
	struct gth_db db;
	char file[GTH_HOSTILE_FILES][96]; /* of sysfs */
	unsigned int files;
};

int gth_hostile_start(struct gth_hostile *o, int device, const struct gth_place *place,
		      struct gth_hostile_loads *loads);

void *gth_hostile_address(const struct gth_hostile *o, const void *data, size_t len);
size_t gth_hostile_word(char *text, size_t size, const struct gth_knob *knob);

/* One call each. Return: what the call gave, or -errno. */
int gth_hostile_ioctl(struct gth_hostile *o);
int gth_hostile_write(struct gth_hostile *o);
int gth_hostile_read(struct gth_hostile *o);
int gth_hostile_sysfs(struct gth_hostile *o);

#endif /* GTH_TEST_HOSTILE_INPUT_H */
