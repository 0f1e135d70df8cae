/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table_info.h - the table in force, as the module describes it. */
#ifndef GTH_CTL_TABLE_INFO_H
#define GTH_CTL_TABLE_INFO_H

#include "lib/host/sysfs.h"

int ctl_table_info(int device);
void ctl_table_signer(char signer[GTH_VALUE_MAX]);

#endif /* GTH_CTL_TABLE_INFO_H */
