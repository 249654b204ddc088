/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Processors as the system counts them.  All of this reads files, so it runs on a lane. */

typedef struct {
    gint64 id;            /* the system's number */
    gboolean online;      /* it is in use */
    gboolean can_offline; /* FALSE: it is always in use */
} OsCpu;

/* Every processor that is there once, by number.  One that goes away meanwhile may be missing.  The
 * caller owns the array of OsCpu. */
GArray *os_cpu_list(GError **error);

/* Takes processor @id, which may be any number, into use or out of it.  TRUE also if it was so
 * already.  What runs there is moved first, which takes milliseconds.
 * Errors: G_IO_ERROR_NOT_FOUND, 'open("PATH"): ...', if there is no such processor (Linux: PATH is
 * its directory in /sys); G_IO_ERROR_NOT_SUPPORTED if it cannot be taken out of use; what the
 * system says if it refuses. */
gboolean os_cpu_set_online(gint64 id, gboolean online, GError **error);

/* What a processor does with its time.  Older kernels tell apart fewer of these, and count what
 * they do not tell apart with the others: the order is that in which they came. */
typedef enum {
    OS_CPU_USER,
    OS_CPU_NICE, /* programs of lowered priority; not in OS_CPU_USER */
    OS_CPU_SYSTEM,
    OS_CPU_IDLE,
    OS_CPU_IOWAIT, /* idle while some program waited for a disk */
    OS_CPU_IRQ,
    OS_CPU_SOFTIRQ,
    OS_CPU_STEAL,      /* the host ran something else */
    OS_CPU_GUEST,      /* virtual machines; in OS_CPU_USER as well */
    OS_CPU_GUEST_NICE, /* the same of lowered priority; in OS_CPU_NICE as well */
    OS_CPU_ACTIVITIES,
} OsCpuActivity;

typedef struct {
    gint64 id;
    guint counted; /* the first so many activities are; always those up to OS_CPU_IDLE */
    guint64 milliseconds[OS_CPU_ACTIVITIES]; /* since the start of the system */
} OsCpuTimes;

/* Every processor in use once, in the system's order.  The caller owns the array of OsCpuTimes. */
GArray *os_cpu_times(GError **error);
