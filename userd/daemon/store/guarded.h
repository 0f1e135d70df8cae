/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guarded.h - keeps database and guard equal. */
#ifndef GTH_DAEMON_STORE_GUARDED_H
#define GTH_DAEMON_STORE_GUARDED_H

struct gth_store;

int gth_guarded_begin(struct gth_store *s);
int gth_guarded_keep(struct gth_store *s);

#endif /* GTH_DAEMON_STORE_GUARDED_H */
