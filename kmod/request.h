/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * request.h - files for which tasks wait for a verdict, and the one descriptor
 * of the device whose owner answers.
 *
 * A request stands for a digest, however many tasks wait for it, and exists
 * as long as one of them waits.
 */
#ifndef GTH_REQUEST_H
#define GTH_REQUEST_H

#include <linux/gotthard.h>
#include <linux/poll.h>

struct file;
struct gth_judgement;
struct gth_target;

void gth_request_init(void);

/* For the daemon that answers: its descriptor names it. */
int gth_request_serve(struct file *server);
void gth_request_desert(struct file *server);
ssize_t gth_request_read(struct file *server, char __user *buf, size_t len);
__poll_t gth_request_poll(struct file *server, poll_table *wait);
bool gth_request_served(void);

/* For the task that waits. */
int gth_request_wait(const struct gth_target *s, const struct gth_judgement *j,
		     unsigned long deadline);

/* For the task that changes a state on which waits depend; after the change. */
void gth_request_answer(const struct gth_verdict *records, size_t n);
void gth_request_settle(void);

#endif /* GTH_REQUEST_H */
