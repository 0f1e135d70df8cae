/* SPDX-License-Identifier: GPL-2.0-only */
/* printk.h - the prefix of every message; included before all else by Kbuild. */
#ifndef GTH_PRINTK_H
#define GTH_PRINTK_H
#define pr_fmt(fmt) "gotthard: " fmt
#endif /* GTH_PRINTK_H */
