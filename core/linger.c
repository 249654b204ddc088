/* SPDX-License-Identifier: Apache-2.0 */
#include "linger.h"

static gint linger(GPollFD *fds, guint n_fds, gint timeout)
{
    gint ready = g_poll(fds, n_fds, 0);
    if (ready || timeout == 0)
        return ready;

    gint64 end = g_get_monotonic_time() + VA_LINGER_MAX;
    do {
        g_thread_yield();
        ready = g_poll(fds, n_fds, 0);
    } while (ready == 0 && g_get_monotonic_time() < end);
    return ready ? ready : g_poll(fds, n_fds, timeout);
}

void va_linger(void)
{
    g_main_context_set_poll_func(NULL, linger);
}
