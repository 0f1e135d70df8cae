/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output.h - the text that a command makes: a file, whole or not at all, or standard output. */
#ifndef REGION_OUTPUT_H
#define REGION_OUTPUT_H

int region_text_write(int dirfd, const char *name, const char *text);
int region_output(const char *path, const char *text);

#endif /* REGION_OUTPUT_H */
