/* SPDX-License-Identifier: GPL-2.0-or-later */
/* detach.h - gotthardd --unload: detaches the hooks and ends the running daemon (unload.h). */
#ifndef GTH_DAEMON_HOOKS_DETACH_H
#define GTH_DAEMON_HOOKS_DETACH_H

int gth_detach(void);

#endif /* GTH_DAEMON_HOOKS_DETACH_H */
