/* SPDX-License-Identifier: Apache-2.0 */
#include "write-out.h"

#include "os-freeze.h"

/* Bytes that are no matter. */
#define LITTLE (1024 * 1024)

/* Microseconds between two looks at what is left, and those in which it must have become less. */
#define LOOK_INTERVAL 20000
#define STANDSTILL    G_USEC_PER_SEC

typedef struct {
    gint64 least; /* bytes left at best */
    gint64 since; /* monotonic */
} Progress;

static gboolean goes_on(Progress *progress, gint64 now)
{
    gint64 left = os_freeze_unwritten();

    if (left < progress->least) {
        progress->least = left;
        progress->since = now;
    }
    return left > LITTLE && now - progress->since < STANDSTILL;
}

void va_write_out(guint seconds, const gint *give_up)
{
    gint64 now = g_get_monotonic_time();
    gint64 deadline = now + (gint64)seconds * G_USEC_PER_SEC;
    Progress progress = {G_MAXINT64, now};

    if (!os_freeze_start_write_out())
        return;
    while (!g_atomic_int_get(give_up) && now < deadline && goes_on(&progress, now)) {
        g_usleep(LOOK_INTERVAL);
        now = g_get_monotonic_time();
    }
}
