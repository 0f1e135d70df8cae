/* SPDX-License-Identifier: GPL-2.0-or-later */
/* detach.h - gotthardd --unload: takes the hooks off, and ends the daemon that runs (unload.h). */
#ifndef GTH_DAEMON_DETACH_H
#define GTH_DAEMON_DETACH_H

int gth_detach(void);

#endif /* GTH_DAEMON_DETACH_H */
