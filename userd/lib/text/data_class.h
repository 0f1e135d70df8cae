/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * data_class.h - the classes of data that may leave the machine, each once.
 *
 * The enum, the words, the switches in [send] of gotthardd.conf and the classes that a
 * submission can have are made from this list. The numbers are in store.db, so a new row
 * goes to the end. docs/privacy.md says what each class is.
 *
 *   X(ID, name, initial, file)
 *     ID       of GTH_ID; also the word
 *     name     of the switch in [send], and of its member in struct gth_config
 *     initial  the switch without a configuration
 *     file     may a submitted file be of this class?
 */
#ifndef GTH_LIB_TEXT_DATA_CLASS_H
#define GTH_LIB_TEXT_DATA_CLASS_H

#include <stdbool.h>

/* clang-format off */
#define GTH_DATA_CLASSES(X) \
	X(D1, lookup, true, false) \
	X(D2, metadata, false, false) \
	X(D3, programs, true, true) \
	X(D4, files, false, true) \
	X(D5, statistics, false, false)

enum gth_data_class {
	GTH_D_NONE,
#define X(id, ...) GTH_##id,
	GTH_DATA_CLASSES(X)
#undef X
	GTH_D_MAX
};
/* clang-format on */

const char *gth_data_class_name(enum gth_data_class class); /* "D1" … */
bool gth_data_class_is_file(int class);

#endif /* GTH_LIB_TEXT_DATA_CLASS_H */
