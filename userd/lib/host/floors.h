/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * floors.h - the highest release of each database name that was kept, over reboots: the
 * file `floors` in root's state directory (docs/formats.md).
 *
 * A release that is loaded and not kept raises the module's floor only: after a reboot the
 * kept one, which is older, is to be loaded again.
 */
#ifndef GTH_LIB_HOST_FLOORS_H
#define GTH_LIB_HOST_FLOORS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/gotthard.h>

#define GTH_ROOT_STATE "/var/lib/gotthard-root"
#define GTH_FLOORS_FILE "floors"

/* @line: 0: of the whole file */
typedef void gth_floors_error_fn(void *ctx, unsigned int line, const char *text);

int gth_floors_parse(struct gth_floors *list, const char *text, size_t len,
		     gth_floors_error_fn *error, void *ctx);
int gth_floors_load(struct gth_floors *list, const char *dir, gth_floors_error_fn *error,
		    void *ctx);
int gth_floors_note(const char *dir, const struct gth_floor *f, bool rollback);
struct gth_floor *gth_floors_find(struct gth_floors *list, const char *name);
int gth_floors_body(struct gth_floors *list, const struct gth_info *in_force, int body);

#endif /* GTH_LIB_HOST_FLOORS_H */
