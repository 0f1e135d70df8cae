/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace.h - tracepoints: decide and hash for operators, event for the BPF
 * program that fills the ring buffer.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM gotthard

#if !defined(GTH_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define GTH_TRACE_H

#include <linux/gotthard.h>
#include <linux/tracepoint.h>

TRACE_EVENT(gotthard_decide,
	TP_PROTO(u8 op, u8 action, u8 would, u8 reason, u8 class, u64 dev, u64 ino),
	TP_ARGS(op, action, would, reason, class, dev, ino),
	TP_STRUCT__entry(
		__field(u8, op)
		__field(u8, action)
		__field(u8, would)
		__field(u8, reason)
		__field(u8, class)
		__field(u64, dev)
		__field(u64, ino)
	),
	TP_fast_assign(
		__entry->op = op;
		__entry->action = action;
		__entry->would = would;
		__entry->reason = reason;
		__entry->class = class;
		__entry->dev = dev;
		__entry->ino = ino;
	),
	TP_printk("op=%u action=%u would=%u reason=%u class=%u dev=%llu ino=%llu",
		  __entry->op, __entry->action, __entry->would, __entry->reason,
		  __entry->class, __entry->dev, __entry->ino)
);

TRACE_EVENT(gotthard_hash,
	TP_PROTO(u64 dev, u64 ino, u64 bytes, u64 ns, int error),
	TP_ARGS(dev, ino, bytes, ns, error),
	TP_STRUCT__entry(
		__field(u64, dev)
		__field(u64, ino)
		__field(u64, bytes)
		__field(u64, ns)
		__field(int, error)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->ino = ino;
		__entry->bytes = bytes;
		__entry->ns = ns;
		__entry->error = error;
	),
	TP_printk("dev=%llu ino=%llu bytes=%llu ns=%llu error=%d", __entry->dev,
		  __entry->ino, __entry->bytes, __entry->ns, __entry->error)
);

TRACE_EVENT(gotthard_event,
	TP_PROTO(const struct gth_event *event),
	TP_ARGS(event),
	TP_STRUCT__entry(
		__field(u32, type)
		__field(u32, pid)
		__field(s32, error)
	),
	TP_fast_assign(
		__entry->type = event->type;
		__entry->pid = event->pid;
		__entry->error = event->error;
	),
	TP_printk("type=%u pid=%u error=%d", __entry->type, __entry->pid, __entry->error)
);

#endif /* GTH_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
