/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * odd.h - random and nearly valid things to throw at the module: addresses,
 * words, descriptors, and calls that use them. Numbers are those of crew.h.
 */
#ifndef GTH_TEST_ODD_H
#define GTH_TEST_ODD_H

#include "gth.h"

#define GTH_ODD_FDS 17
#define GTH_ODD_FILES 128
#define GTH_ODD_LOADS 4096

/* What may be in force when all is over; shared by the actors. */
struct gth_odd_loads {
	unsigned int n, dropped;
	struct {
		gth_u64 version, entries;
	} load[GTH_ODD_LOADS];
};

/* One actor's own. */
struct gth_odd {
	int device; /* may belong to somebody else */
	struct gth_odd_loads *loads;
	const struct gth_place *place;
	uint8_t *page; /* 4 pages that can be written; none follows */
	int fd[GTH_ODD_FDS];
	int manifest, body, link; /* places in fd; only root has a link of a hook */
	struct gth_db db;
	char file[GTH_ODD_FILES][96]; /* of sysfs */
	unsigned int files;
};

int gth_odd_start(struct gth_odd *o, int device, const struct gth_place *place,
		  struct gth_odd_loads *loads);

void *gth_odd_address(const struct gth_odd *o, const void *data, size_t len);
size_t gth_odd_word(char *text, size_t size, const struct gth_knob *knob);

/* One call each. Return: what the call gave, or -errno. */
int gth_odd_ioctl(struct gth_odd *o);
int gth_odd_write(struct gth_odd *o);
int gth_odd_read(struct gth_odd *o);
int gth_odd_sysfs(struct gth_odd *o);

#endif /* GTH_TEST_ODD_H */
