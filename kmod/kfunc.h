/* SPDX-License-Identifier: GPL-2.0-only */
/* kfunc.h - what the BPF programs call. */
#ifndef GTH_KFUNC_H
#define GTH_KFUNC_H

int gth_kfunc_init(void);

#endif /* GTH_KFUNC_H */
