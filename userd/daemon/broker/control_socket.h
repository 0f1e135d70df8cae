/* SPDX-License-Identifier: GPL-2.0-or-later */
/* control_socket.h - the socket on which gotthardctl asks the daemon. */
#ifndef GTH_DAEMON_BROKER_CONTROL_SOCKET_H
#define GTH_DAEMON_BROKER_CONTROL_SOCKET_H

#define GTH_CONTROL "/run/gotthard/control"

int gth_control_socket_listen(const char *path);

#endif /* GTH_DAEMON_BROKER_CONTROL_SOCKET_H */
