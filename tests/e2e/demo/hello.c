// SPDX-License-Identifier: GPL-2.0-or-later
/* hello.c - a program that does nothing bad; SAY tells its copies apart. */
#include <stdio.h>

int main(void)
{
	puts(SAY);
	return 0;
}
