// SPDX-License-Identifier: GPL-2.0-or-later
/* program.c - an unknown program: CODE is its exit status, WORDS are in its file. */
#include <stdio.h>

static const char words[] = WORDS;

int main(void)
{
	puts(words);
	return CODE;
}
