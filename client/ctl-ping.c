/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "console.h"
#include "failure.h"
#include "json-text.h"

static int print_time(const Options *options, double milliseconds, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_string_append_printf(out, options->json ? "{\"milliseconds\": %.3f}\n" : "ok %.3f ms\n",
                           milliseconds);
    return console_puts(CONSOLE_OUT, out->str, error) ? EXIT_DONE : -1;
}

/* Connecting and synchronising are not counted. */
int ctl_ping(const Options *options, char **arguments, GError **error)
{
    g_autoptr(Connection) connection = ctl_connect(options, error);
    if (!connection)
        return -1;
    Request *request = request_new("guest-ping");
    request_end(request);

    gint64 start = g_get_monotonic_time();
    Reply reply;
    if (!connection_call(connection, request, CONNECTION_REPLY_MAX, &reply, error))
        return -1;
    return print_time(options, (double)(g_get_monotonic_time() - start) / 1000, error);
}
