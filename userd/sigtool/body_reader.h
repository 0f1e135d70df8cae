/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * body_reader.h - the records of a release, checked as they are read.
 *
 * No record may be relied on before the end was reached without a problem: only
 * there the digest is compared.
 */
#ifndef SIGTOOL_BODY_READER_H
#define SIGTOOL_BODY_READER_H

#include "core/body.h"
#include "sigtool/database.h"
#include "sigtool/stream.h"

struct body_reader {
	const struct database *db; /* borrowed */
	int fd;
	struct stream stream;
	struct gth_body body;
	struct problem problem;
};

int body_reader_open(struct body_reader *r, const struct database *db);
int body_reader_next(struct body_reader *r, const struct gth_record **rec);
void body_reader_close(struct body_reader *r);

#endif /* SIGTOOL_BODY_READER_H */
