/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pages.h - pages of the page cache that another task or a device holds.
 *
 * A task that has the kernel write into a shared mapping of a file (by a direct read,
 * or a buffer that it gives to io_uring) has its pages held for that. They stay held
 * when mapping and descriptor are closed, and bytes that are then written into them do
 * not count as a change of the file. So nothing may be kept for a file with such a page.
 */
#ifndef GTH_PAGES_H
#define GTH_PAGES_H

#include "target.h"

void gth_pages_look(struct gth_target *s, struct page *page);
int gth_pages_drop(const struct gth_target *s);

#endif /* GTH_PAGES_H */
