// SPDX-License-Identifier: GPL-2.0-only
/* input.c - files that root hands to the module (see input.h). */
#include <linux/slab.h>

#include "input.h"

/* gth_input_read() - kernel_read(), not restarted: a pipe would go on in its middle */
ssize_t gth_input_read(struct file *file, void *buf, size_t len, loff_t *pos)
{
	ssize_t n = kernel_read(file, buf, len, pos);

	return n == -ERESTARTSYS ? -EINTR : n;
}

/**
 * gth_input_whole() - a small file, all of it
 * @file: open for reading
 * @max: bytes it may have
 * @data: set; to be freed by kfree()
 * @len: set; bytes
 *
 * Return: 0; -E2BIG: it is longer; -ENOMEM, or an error of reading; @data is not set then.
 */
int gth_input_whole(struct file *file, size_t max, u8 **data, size_t *len)
{
	u8 *buf = kmalloc(max + 1, GFP_KERNEL);
	size_t have = 0;
	loff_t pos = 0;
	ssize_t n;

	if (!buf)
		return -ENOMEM;
	do {
		n = gth_input_read(file, buf + have, max + 1 - have, &pos);
		if (n > 0)
			have += n;
	} while (n > 0 && have <= max);
	if (n < 0 || have > max) {
		kfree(buf);
		return n < 0 ? (int)n : -E2BIG;
	}
	*data = buf;
	*len = have;
	return 0;
}
