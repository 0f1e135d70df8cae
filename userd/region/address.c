// SPDX-License-Identifier: GPL-2.0-or-later
/* address.c - addresses of clients (see address.h). */
#include "address.h"

#include <netinet/in.h>
#include <string.h>

/* An address of another kind becomes ::, so that all of them count as one. */
void region_address_of(struct region_address *a, const struct sockaddr *from, socklen_t len)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from;
	const struct sockaddr_in *in = (const struct sockaddr_in *)from;

	*a = (struct region_address) { { 0 } };
	if (from->sa_family == AF_INET && len >= (socklen_t)sizeof(*in)) {
		memset(a->bytes + 10, 0xff, 2);
		memcpy(a->bytes + 12, &in->sin_addr, 4);
	} else if (from->sa_family == AF_INET6 && len >= (socklen_t)sizeof(*in6)) {
		memcpy(a->bytes, &in6->sin6_addr, IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr) ? 16 : 8);
	}
}
