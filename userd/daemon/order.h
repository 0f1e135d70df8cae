/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * order.h - an order (message.h) as a request line: the store writes this one into the
 * journal, and the courier sends it.
 */
#ifndef GTH_DAEMON_ORDER_H
#define GTH_DAEMON_ORDER_H

#include "daemon/message.h"

int gth_order_line(const struct gth_order *o, char line[GTH_LINE_SIZE]);

#endif /* GTH_DAEMON_ORDER_H */
