// SPDX-License-Identifier: GPL-2.0-or-later
/* logger.c - a thread that writes the events (see logger.h). */
#include "daemon/events/logger.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/events/ringbuf.h"

static struct {
	pthread_t thread;
	volatile bool stop;
	int ended; /* readable once the thread has ended */
	int err;   /* belongs to the thread until then */
} logger = { .ended = -1 };

static void *run(void *arg)
{
	(void)arg;
	logger.err = gth_ringbuf_run(&logger.stop);
	eventfd_write(logger.ended, 1);
	return NULL;
}

/*
 * gth_logger_start() - after gth_ringbuf_open()
 * Return: a descriptor, borrowed, that is readable when writing has ended; or -errno.
 */
int gth_logger_start(void)
{
	sigset_t all, old;
	int err;

	logger.ended = eventfd(0, EFD_CLOEXEC);
	if (logger.ended < 0)
		return -errno;
	/* The main thread alone takes signals. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	err = pthread_create(&logger.thread, NULL, run, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!err)
		return logger.ended;
	close(logger.ended);
	return -err;
}

/*
 * gth_logger_stop() - write the events that are in the ring buffer and stop; 0 or -errno of the
 * writing
 */
int gth_logger_stop(void)
{
	logger.stop = true;
	pthread_join(logger.thread, NULL);
	close(logger.ended);
	return logger.err;
}
