/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * event.h - the one way out for events.
 *
 * An event is a record handed to the tracepoint gotthard_event; a BPF program
 * on it copies the record into the ring buffer. If no program is attached, or
 * there is no memory for the record, the event is counted in events_lost.
 */
#ifndef GTH_EVENT_H
#define GTH_EVENT_H

#include <linux/gotthard.h>
#include <linux/path.h>

void gth_event_init(void);
bool gth_event_admit(void);
struct gth_event *gth_event_new(enum gth_event_type type, gfp_t gfp);
u32 gth_event_uid(void);
u64 gth_event_cgroup(void);
bool gth_event_path(char text[GTH_PATH_SIZE], const struct path *path, gfp_t gfp);
void gth_event_emit(struct gth_event *event);
void gth_event_verdict(const struct gth_verdict *v, u8 old, u8 new);
void gth_event_table(const char *name, u64 version, const char *how, int error);
void gth_event_read_error(char *text, size_t size);

#endif /* GTH_EVENT_H */
