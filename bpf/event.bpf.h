/* SPDX-License-Identifier: GPL-2.0-only */
/* event.bpf.h - the ring buffer that carries the module's events to user space. */
#ifndef GTH_EVENT_BPF_H
#define GTH_EVENT_BPF_H

#include "kernel.bpf.h"
#include "kfunc.bpf.h"

#include <linux/gotthard.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 22);	/* bytes: 5,800 events; one account makes 1,000 in a row */
} events SEC(".maps");

static __always_inline void event_out(const struct gth_event *event)
{
	struct gth_event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);

	/* Never 0; it puts the layout into the object's BTF, for readers of the ring buffer. */
	if (!e || !bpf_core_type_id_local(struct gth_event)) {
		bpf_gth_event_lost();
		return;
	}
	if (bpf_probe_read_kernel(e, sizeof(*e), event)) {
		bpf_ringbuf_discard(e, 0);
		bpf_gth_event_lost();
		return;
	}
	bpf_ringbuf_submit(e, 0);
}

#endif /* GTH_EVENT_BPF_H */
