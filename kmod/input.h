/* SPDX-License-Identifier: GPL-2.0-only */
/* input.h - files that root hands to the module, read from the beginning. */
#ifndef GTH_INPUT_H
#define GTH_INPUT_H

#include <linux/fs.h>
#include <linux/types.h>

ssize_t gth_input_read(struct file *file, void *buf, size_t len, loff_t *pos);
int gth_input_whole(struct file *file, size_t max, u8 **data, size_t *len);

#endif /* GTH_INPUT_H */
