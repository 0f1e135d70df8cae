/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bundle.h - the directory of a region, as its operator gives it to endpoints. */
#ifndef GTH_TEST_BUNDLE_H
#define GTH_TEST_BUNDLE_H

/* A region on a port of this machine, with a new statement key. */
void write_trust(const char *dir, const char *region, const char *country, int port);

void write_endpoint_key(const char *dir);

#endif /* GTH_TEST_BUNDLE_H */
