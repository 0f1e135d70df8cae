/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * error.h - the meaning for a file of an error met while it was read.
 *
 * The list has the errors that are known to be harmless or passing. An errno that is
 * not on it fails closed: a user may have found a way to bring it about.
 */
#ifndef GTH_ERROR_H
#define GTH_ERROR_H

#include <linux/types.h>

enum gth_error_kind {
	/*
	 * Denied, except that for an open on a filesystem that is not local the file is
	 * unknown: a server may refuse to show it to the module's credentials.
	 */
	GTH_ERROR_OTHER,
	/* No task can read it there: an unknown file. */
	GTH_ERROR_MEDIUM,
	/* Users can bring it about, and the next reader may succeed: denied. */
	GTH_ERROR_PASSING,
};

/* X(name of the counter, errno, kind) */
#define GTH_ERRORS(X)				\
	X(eio, EIO, MEDIUM)			\
	X(enodata, ENODATA, MEDIUM)		/* BLK_STS_MEDIUM */		\
	X(eilseq, EILSEQ, MEDIUM)		/* BLK_STS_PROTECTION */	\
	X(enolink, ENOLINK, MEDIUM)		/* BLK_STS_TRANSPORT */		\
	X(eremoteio, EREMOTEIO, MEDIUM)		/* BLK_STS_TARGET */		\
	X(etimedout, ETIMEDOUT, MEDIUM)		/* BLK_STS_TIMEOUT, servers */	\
	X(enxio, ENXIO, MEDIUM)			\
	X(enodev, ENODEV, MEDIUM)		\
	X(enomedium, ENOMEDIUM, MEDIUM)		\
	X(euclean, EUCLEAN, MEDIUM)		/* EFSCORRUPTED */		\
	X(ebadmsg, EBADMSG, MEDIUM)		/* EFSBADCRC */			\
	X(ehwpoison, EHWPOISON, MEDIUM)		\
	X(enokey, ENOKEY, PASSING)		/* encrypted; the owner may bring the key */ \
	X(enomem, ENOMEM, PASSING)		\
	X(eintr, EINTR, PASSING)		\
	X(erestartsys, ERESTARTSYS, PASSING)	\
	X(eagain, EAGAIN, PASSING)		/* a lease */			\
	X(estale, ESTALE, PASSING)		/* copied up by overlayfs */	\
	X(enfile, ENFILE, PASSING)		\
	X(emfile, EMFILE, PASSING)		\
	X(eacces, EACCES, OTHER)		/* counted by name only */	\
	X(eperm, EPERM, OTHER)

enum gth_error_kind gth_error_kind(int error);
bool gth_error_denies(int error, u8 op, bool local);
void gth_error_count(int error);

#endif /* GTH_ERROR_H */
