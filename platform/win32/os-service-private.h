/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

/* A handle of the service manager's: its database, a service. */
typedef SC_HANDLE OsScHandle;

static inline void os_sc_close(SC_HANDLE handle)
{
    if (handle)
        CloseServiceHandle(handle);
}
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(OsScHandle, os_sc_close, NULL)

/* The full path of the running program, of any length; free with g_free(). */
char *os_service_program(GError **error);

/* Everything about @service but its program: description, what happens when it fails, ...  What the
 * system does not know is a warning. */
void os_service_describe(SC_HANDLE service);

/* Where the event log finds the text of our messages: in @program.  Twice is once. */
gboolean os_service_add_source(const char *program, GError **error);
gboolean os_service_remove_source(GError **error);

/* Stops @service if it runs, and waits until it has. */
gboolean os_service_stop(SC_HANDLE service, const char *name, GError **error);
