/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pins.h - what the daemon leaves in the BPF filesystem, so that protection
 * survives it: a link and a program for each hook, and the event ring buffer.
 */
#ifndef GTH_LIB_HOST_PINS_H
#define GTH_LIB_HOST_PINS_H

#include <stdbool.h>

#define GTH_PINS "/sys/fs/bpf/gotthard"
/* bpffs takes no dots in names */
#define GTH_PINS_NEW "/sys/fs/bpf/gotthard-new"

#define GTH_PINS_OLD "/sys/fs/bpf/gotthard-old"

#define GTH_PIN_LINK "link_"
#define GTH_PIN_PROGRAM "prog_"
#define GTH_PIN_EVENTS "events"

#define GTH_HOOKS 8

extern const char *const gth_hook_programs[GTH_HOOKS];

int gth_pin_path(char *path, unsigned int size, const char *dir, const char *prefix,
		 const char *name);
bool gth_pins_complete(const char *dir);

#endif /* GTH_LIB_HOST_PINS_H */
