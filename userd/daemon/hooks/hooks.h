/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hooks.h - load, attach, watch, take over and detach the BPF programs.
 *
 * The module keeps the programs attached, not this process, so that it may end. The next daemon
 * finds them by their programs and takes them over.
 */
#ifndef GTH_DAEMON_HOOKS_HOOKS_H
#define GTH_DAEMON_HOOKS_HOOKS_H

enum gth_hooks_result {
	GTH_HOOKS_ATTACHED,   /* nothing was there */
	GTH_HOOKS_TAKEN_OVER, /* the same programs were there and stay */
	GTH_HOOKS_REPLACED,   /* others were there, and were detached after these were attached */
};

enum gth_hooks_state {
	GTH_HOOKS_WHOLE,
	GTH_HOOKS_NOT_PINNED, /* attached and kept, but their pins are gone */
	GTH_HOOKS_NOT_KEPT,   /* attached, but the module keeps others, or none */
	GTH_HOOKS_GONE,	      /* not all of them are attached */
};

int gth_hooks_attach(int device, enum gth_hooks_result *result);
enum gth_hooks_state gth_hooks_check(void);
int gth_hooks_restore(int device, enum gth_hooks_state state, enum gth_hooks_result *result);
int gth_hooks_detach(int device);
int gth_hooks_events(void);

#endif /* GTH_DAEMON_HOOKS_HOOKS_H */
