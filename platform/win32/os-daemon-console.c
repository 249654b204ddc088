/* SPDX-License-Identifier: Apache-2.0 */
#include "os-daemon-console.h"

#include <windows.h>

/* What the handler finds, which is given nothing of its caller's.  Under the lock. */
static struct {
    GMutex lock;
    OsConsoleStop stop; /* NULL: nobody watches */
    gpointer data;
} watch;

/* What comes with the end of the process: it ends when the handler returns, or some seconds later
 * by itself (MSDN, "HandlerRoutine callback function"). */
static gboolean is_final(DWORD event)
{
    return event == CTRL_CLOSE_EVENT || event == CTRL_SHUTDOWN_EVENT;
}

static const char *why_to_stop(DWORD event)
{
    static const struct {
        DWORD event;
        const char *why;
    } reasons[] = {
        {CTRL_C_EVENT, "Ctrl-C"},
        {CTRL_BREAK_EVENT, "Ctrl-Break"},
        {CTRL_CLOSE_EVENT, "console closed"},
        {CTRL_SHUTDOWN_EVENT, "system shutdown"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(reasons); i++)
        if (reasons[i].event == event)
            return reasons[i].why;
    return NULL;
}

/* A log-off is told to what runs as a service in another wrapper, too, and is none of ours.  What
 * nobody watches any more is Windows' to deal with: it ends the process. */
static BOOL WINAPI on_event(DWORD event)
{
    const char *why = why_to_stop(event);

    g_mutex_lock(&watch.lock);
    gboolean watched = watch.stop != NULL;
    if (why && watched)
        watch.stop(why, watch.data);
    g_mutex_unlock(&watch.lock);
    if (watched && is_final(event))
        Sleep(INFINITE);
    return watched;
}

void os_console_watch(OsConsoleStop stop, gpointer data)
{
    g_mutex_lock(&watch.lock);
    watch.stop = stop;
    watch.data = data;
    g_mutex_unlock(&watch.lock);
    SetConsoleCtrlHandler(on_event, TRUE);
}

/* The handler stays: taking it out could wait for one that sleeps, until Windows ends us. */
void os_console_unwatch(void)
{
    g_mutex_lock(&watch.lock);
    watch.stop = NULL;
    g_mutex_unlock(&watch.lock);
}
