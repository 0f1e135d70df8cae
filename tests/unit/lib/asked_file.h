/* SPDX-License-Identifier: GPL-2.0-or-later */
/* asked_file.h - a file of the machine that a task wants to use. */
#ifndef GTH_TEST_ASKED_FILE_H
#define GTH_TEST_ASKED_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <linux/gotthard.h>

#define SCRIPT "#!/bin/sh\necho " /* with a text behind it: a program */

struct file {
	int fd;
	uint8_t digest[32];
	char hex[65];
	struct gth_request request;
};

/* With this content, and zeros up to the size. */
struct file make_file(const char *text, size_t size);

/* The broker asks the store about it. */
void ask(const struct file *f);

/* The same about two: about the second one when the first one's verdict has come. */
void ask_in_turn(const struct file *first, const struct file *second);

/* The broker's knowledge of it: the last finding, or -1; how often it was said to be unknown. */
int finding(const struct file *f);
unsigned int unknown(const struct file *f);

#endif /* GTH_TEST_ASKED_FILE_H */
