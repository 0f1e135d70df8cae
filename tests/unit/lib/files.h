/* SPDX-License-Identifier: GPL-2.0-or-later */
/* files.h - files and commands that a test cannot go on without. */
#ifndef GTH_TEST_FILES_H
#define GTH_TEST_FILES_H

#include <sys/types.h>

/* By the shell. */
__attribute__((format(printf, 1, 2))) void run(const char *format, ...);

__attribute__((format(printf, 4, 5))) void write_file(const char *dir, const char *name,
						      mode_t mode, const char *format, ...);

#endif /* GTH_TEST_FILES_H */
