/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * address.h - addresses of clients, for limits by client: a /64 of IPv6 counts as one address,
 * because one machine has all of it.
 */
#ifndef REGION_ADDRESS_H
#define REGION_ADDRESS_H

#include <stdint.h>
#include <sys/socket.h>

struct region_address {
	uint8_t bytes[16]; /* IPv4 as ::ffff:a.b.c.d; of IPv6 the first 64 bits */
};

void region_address_of(struct region_address *a, const struct sockaddr *from, socklen_t len);

#endif /* REGION_ADDRESS_H */
