/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proxy.h - an HTTP proxy that knows one place. */
#ifndef GTH_TEST_PROXY_H
#define GTH_TEST_PROXY_H

#include <stdbool.h>

#include "tests/unit/lib/server_process.h"

/* Takes CONNECT localhost:PORT for the one port, or (refuse) for none. */
struct server start_proxy(int port, bool refuse);

#endif /* GTH_TEST_PROXY_H */
