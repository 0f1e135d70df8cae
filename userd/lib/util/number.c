// SPDX-License-Identifier: GPL-2.0-or-later
/* number.c - decimal numbers from text (see number.h). */
#include "lib/util/number.h"

#include <errno.h>

/*
 * Digits only: no sign, no space, no unit.
 * Return: 0; -EINVAL: not a number; -ERANGE: more than @max.
 */
int gth_number_parse(const char *text, unsigned long long max, unsigned long long *value)
{
	unsigned long long v = 0;

	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		unsigned int digit = (unsigned int)(unsigned char)*text - '0';

		if (digit > 9)
			return -EINVAL;
		if (v > max / 10 || v * 10 > max - digit || digit > max)
			return -ERANGE;
		v = v * 10 + digit;
	}
	*value = v;
	return 0;
}
