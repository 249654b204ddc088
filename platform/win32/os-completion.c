/* SPDX-License-Identifier: Apache-2.0 */
#include "os-completion.h"

struct OsCompletion {
    GSource base;
    GPollFD poll;
    guint users;
};

/* What ended is for the sources of the users to see. */
static gboolean never(GSource *source)
{
    return FALSE;
}

static gboolean nothing(gpointer data)
{
    return G_SOURCE_CONTINUE;
}

static gboolean never_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    return G_SOURCE_CONTINUE;
}

static void finalize(GSource *source)
{
    CloseHandle((HANDLE)((OsCompletion *)source)->poll.fd);
}

static GSourceFuncs funcs = {.check = never, .dispatch = never_dispatch, .finalize = finalize};

static OsCompletion *make(GMainContext *context)
{
    OsCompletion *completion = (OsCompletion *)g_source_new(&funcs, sizeof *completion);

    completion->poll.fd = (gintptr)CreateEventW(NULL, FALSE, FALSE, NULL);
    if (!completion->poll.fd) /* nothing would ever be noticed: the service is better begun anew */
        g_error("failed to create an event");
    completion->poll.events = G_IO_IN;
    g_source_set_name(&completion->base, "completion");
    /* Without a callback it would not be found. */
    g_source_set_callback(&completion->base, nothing, NULL, NULL);
    g_source_add_poll(&completion->base, &completion->poll);
    g_source_attach(&completion->base, context);
    return completion;
}

OsCompletion *os_completion_get(void)
{
    GMainContext *context = g_main_context_get_thread_default();
    OsCompletion *completion =
        (OsCompletion *)g_main_context_find_source_by_funcs_user_data(context, &funcs, NULL);

    if (!completion)
        completion = make(context);
    completion->users++;
    return completion;
}

HANDLE os_completion_event(OsCompletion *completion)
{
    return (HANDLE)completion->poll.fd;
}

void os_completion_put(OsCompletion *completion)
{
    if (--completion->users > 0)
        return;
    g_source_destroy(&completion->base);
    g_source_unref(&completion->base);
}

void os_completion_arm(OsCompletion *completion, OVERLAPPED *over)
{
    *over = (OVERLAPPED){.hEvent = os_completion_event(completion)};
}
