/* SPDX-License-Identifier: GPL-2.0-or-later */
/* minmax.h - min_t() and its like; the arguments are evaluated once. */
#ifndef GTH_KERNEL_MINMAX_H
#define GTH_KERNEL_MINMAX_H

#define min_t(type, x, y) ({ type x_ = (x), y_ = (y); x_ < y_ ? x_ : y_; })
#define max_t(type, x, y) ({ type x_ = (x), y_ = (y); x_ > y_ ? x_ : y_; })
#define min(x, y)	min_t(__auto_type, x, y)
#define max(x, y)	max_t(__auto_type, x, y)

#endif /* GTH_KERNEL_MINMAX_H */
