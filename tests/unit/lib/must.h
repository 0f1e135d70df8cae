/* SPDX-License-Identifier: GPL-2.0-or-later */
/* must.h - what a test cannot go on without: it bails out. */
#ifndef GTH_TEST_MUST_H
#define GTH_TEST_MUST_H

_Noreturn void die(const char *what);

#define must(condition) ((condition) ? (void)0 : die(#condition))

#endif /* GTH_TEST_MUST_H */
