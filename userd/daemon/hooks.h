/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hooks.h - load, attach, pin, take over and detach the BPF programs.
 *
 * The module keeps the programs attached; this process keeps no descriptor on
 * them, so it may die. The pins are for the next daemon, which takes them over.
 */
#ifndef GTH_DAEMON_HOOKS_H
#define GTH_DAEMON_HOOKS_H

enum gth_hooks_result {
	GTH_HOOKS_ATTACHED,   /* nothing was there */
	GTH_HOOKS_TAKEN_OVER, /* the same programs were there and stay */
	GTH_HOOKS_REPLACED,   /* others were there; these came before they went */
};

int gth_hooks_attach(int device, enum gth_hooks_result *result);
int gth_hooks_detach(int device);
int gth_hooks_events(void);

#endif /* GTH_DAEMON_HOOKS_H */
