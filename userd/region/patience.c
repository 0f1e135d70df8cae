// SPDX-License-Identifier: GPL-2.0-or-later
/* patience.c - waits for a descriptor (see patience.h). */
#include "patience.h"

#include <errno.h>
#include <poll.h>

#include "lib/util/clock.h"

#include "region/state.h"

#define SLICE_MS 200

/**
 * region_patience() - wait until a descriptor is ready
 * @until: of gth_monotonic_ms()
 *
 * Return: 0; -ETIMEDOUT; -ECANCELED: @stop was set; or an errno of poll(2).
 */
int region_patience(int fd, short events, uint64_t until, const atomic_bool *stop)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = events };
		int n = poll(&p, 1, SLICE_MS);

		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (*stop)
			return -ECANCELED;
		if (gth_monotonic_ms() >= until)
			return -ETIMEDOUT;
	}
}
