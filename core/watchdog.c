/* SPDX-License-Identifier: Apache-2.0 */
#include "watchdog.h"

struct VaWatchdog {
    VaBite bite;
    gpointer data;
    GThread *thread;
    GMutex mutex; /* guards what follows */
    GCond changed;
    gint64 when; /* 0: never */
    gboolean quit;
};

/* TRUE once it is time to bite, FALSE once it is time to go. */
static gboolean wait(VaWatchdog *watchdog)
{
    g_mutex_lock(&watchdog->mutex);
    while (!watchdog->quit && (!watchdog->when || g_get_monotonic_time() < watchdog->when)) {
        if (watchdog->when)
            g_cond_wait_until(&watchdog->changed, &watchdog->mutex, watchdog->when);
        else
            g_cond_wait(&watchdog->changed, &watchdog->mutex);
    }
    gboolean bite = !watchdog->quit;
    watchdog->when = 0;
    g_mutex_unlock(&watchdog->mutex);
    return bite;
}

static gpointer watch(gpointer data)
{
    VaWatchdog *watchdog = data;
    while (wait(watchdog))
        watchdog->bite(watchdog->data);
    return NULL;
}

VaWatchdog *va_watchdog_new(VaBite bite, gpointer data, GError **error)
{
    VaWatchdog *watchdog = g_new0(VaWatchdog, 1);

    watchdog->bite = bite;
    watchdog->data = data;
    g_mutex_init(&watchdog->mutex);
    g_cond_init(&watchdog->changed);
    watchdog->thread = g_thread_try_new("watchdog", watch, watchdog, error);
    if (!watchdog->thread)
        g_clear_pointer(&watchdog, va_watchdog_free);
    return watchdog;
}

void va_watchdog_set(VaWatchdog *watchdog, gint64 when)
{
    g_mutex_lock(&watchdog->mutex);
    watchdog->when = when;
    g_cond_signal(&watchdog->changed);
    g_mutex_unlock(&watchdog->mutex);
}

void va_watchdog_free(VaWatchdog *watchdog)
{
    if (!watchdog)
        return;
    g_mutex_lock(&watchdog->mutex);
    watchdog->quit = TRUE;
    g_cond_signal(&watchdog->changed);
    g_mutex_unlock(&watchdog->mutex);
    if (watchdog->thread)
        g_thread_join(watchdog->thread);
    g_mutex_clear(&watchdog->mutex);
    g_cond_clear(&watchdog->changed);
    g_free(watchdog);
}
