/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preflight.h - can this kernel be protected? Asked before anything is attached. */
#ifndef GTH_DAEMON_HOOKS_PREFLIGHT_H
#define GTH_DAEMON_HOOKS_PREFLIGHT_H

const char *gth_preflight(void);

#endif /* GTH_DAEMON_HOOKS_PREFLIGHT_H */
