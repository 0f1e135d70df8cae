/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pulse.h - a process shows that it lives: it writes a byte to a pipe, from its loop
 * and from each long step. Nothing is asked and nothing is answered. So the reader of
 * the pipe learns that the process lives, and nothing else; the writer can say no more
 * than that. Without gth_pulse_open() nothing here does anything.
 */
#ifndef GTH_LIB_UTIL_PULSE_H
#define GTH_LIB_UTIL_PULSE_H

#define GTH_PULSE_PERIOD_MS 10000 /* the longest wait for something to do */

/* The bytes. After LONG comes a step that cannot be divided: the next beat may be late. */
#define GTH_PULSE_BEAT '.'
#define GTH_PULSE_LONG 'L'

void gth_pulse_open(int fd);
void gth_pulse(void);
void gth_pulse_long(void);

#endif /* GTH_LIB_UTIL_PULSE_H */
