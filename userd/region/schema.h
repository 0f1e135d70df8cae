/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schema.h - the tables of the region's database, and upgrades from older versions. */
#ifndef REGION_SCHEMA_H
#define REGION_SCHEMA_H

#include "region/state.h"

#define REGION_SCHEMA 3 /* PRAGMA user_version */

int region_schema(struct region_state *s, bool create);

#endif /* REGION_SCHEMA_H */
