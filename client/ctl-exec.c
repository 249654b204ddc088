/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "console.h"
#include "failure.h"
#include "interrupt.h"
#include "local-file.h"

#include <string.h>

/* More than an agent's reader takes would only be refused there, after all the work. */
#define INPUT_MAX (32u * 1024 * 1024)

/* How often an agent is asked whether the program has ended, in milliseconds. */
#define POLL_FIRST 1
#define POLL_MAX   250

static gboolean check_arguments(const Options *options, char **arguments, GError **error)
{
    for (gsize i = 0; arguments[i]; i++)
        if (!ctl_check_text("argument", arguments[i], error))
            return FALSE;
    for (gsize i = 0; options->env && options->env[i]; i++) {
        if (!ctl_check_text("variable", options->env[i], error))
            return FALSE;
        if (!strchr(options->env[i], '='))
            return failure_set(error, FAILURE_USAGE, "--env takes NAME=VALUE, not '%s'",
                               options->env[i]);
    }
    return TRUE;
}

static gboolean add_input(const Options *options, Request *request, GError **error)
{
    if (!options->input)
        return TRUE;
    g_autoptr(GBytes) input = local_file_contents(options->input, INPUT_MAX, error);
    if (!input)
        return FALSE;
    request_add_bytes(request, "input-data", g_bytes_get_data(input, NULL),
                      g_bytes_get_size(input));
    return TRUE;
}

static Request *exec_request(const Options *options, char **arguments, GError **error)
{
    g_autoptr(Request) request = request_new("guest-exec");

    if (!check_arguments(options, arguments, error))
        return NULL;
    request_add_string(request, "path", arguments[0]);
    request_add_strings(request, "arg", (const char *const *)arguments + 1);
    if (options->env)
        request_add_strings(request, "env", (const char *const *)options->env);
    request_add_boolean(request, "capture-output", !options->no_capture);
    if (!add_input(options, request, error))
        return NULL;
    request_end(request);
    return g_steal_pointer(&request);
}

/* 126 or 127 if the agent says that the program did not start, in GLib's words and the OS's. */
static int start_failed(const GError *problem)
{
    if (!g_error_matches(problem, FAILURE, FAILURE_AGENT) ||
        !strstr(problem->message, "Failed to execute child process"))
        return -1;
    return strstr(problem->message, "No such file or directory") ? EXIT_NOT_FOUND
                                                                 : EXIT_NOT_EXECUTABLE;
}

static gboolean ask(Connection *connection, gint64 pid, Reply *reply, gboolean *ended,
                    GError **error)
{
    Request *request = request_new("guest-exec-status");
    request_add_integer(request, "pid", pid);
    request_end(request);
    return connection_call(connection, request, CONNECTION_PAYLOAD_MAX, reply, error) &&
           reply_get_boolean(reply, "exited", ended, error);
}

static gboolean wait_for_end(const Options *options, Connection *connection, gint64 pid,
                             Reply *reply, GError **error)
{
    gint64 deadline = g_get_monotonic_time() + (gint64)(options->timeout * G_USEC_PER_SEC);
    guint pause = POLL_FIRST;
    gboolean ended = FALSE;

    for (;;) {
        if (!ask(connection, pid, reply, &ended, error))
            return FALSE;
        if (ended)
            return TRUE;
        if (options->timeout != OPTIONS_NO_TIMEOUT && g_get_monotonic_time() >= deadline)
            return failure_set(error, FAILURE_TIMEOUT, "the program still runs after %g s",
                               options->timeout);
        if (!interrupt_pause(pause, error))
            return FALSE;
        pause = MIN(pause * 2, POLL_MAX);
    }
}

static gboolean print_stream(const Options *options, const Reply *reply, Console console,
                             const char *member, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;
    g_auto(ConsoleGuest) guest = {0};

    if (!reply_get_bytes(reply, member, &bytes, error))
        return FALSE;
    if (!bytes)
        return TRUE;
    console_guest_init(&guest, console, options->raw);
    return console_guest_write(&guest, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
                               error) &&
           console_guest_finish(&guest, error);
}

static gboolean print_truncated(const Reply *reply, const char *member, const char *what,
                                GError **error)
{
    if (!reply_is_true(reply, reply->value, member))
        return TRUE;
    g_autofree char *note =
        g_strdup_printf("guestctl: the agent cut off the program's standard %s\n", what);
    return console_puts(CONSOLE_ERROR, note, error);
}

static gboolean print_output(const Options *options, const Reply *reply, GError **error)
{
    return print_stream(options, reply, CONSOLE_OUT, "out-data", error) &&
           print_stream(options, reply, CONSOLE_ERROR, "err-data", error) &&
           print_truncated(reply, "out-truncated", "output", error) &&
           print_truncated(reply, "err-truncated", "error", error);
}

/* An exit code here has eight bits; what does not fit (Windows has 32) must not look like success.
 */
static int narrow(gint64 value, int base, int most)
{
    if (value >= 0 && value <= most)
        return base + (int)value;
    g_autofree char *note = g_strdup_printf(
        "guestctl: the program ended with code %" G_GINT64_FORMAT " (0x%" G_GINT64_MODIFIER "X)\n",
        value, (guint64)value);
    console_puts(CONSOLE_ERROR, note, NULL);
    return 255;
}

static int exit_code(const Reply *reply, GError **error)
{
    gint64 value = 0;
    if (reply_get_integer(reply, "exitcode", &value, NULL))
        return narrow(value, 0, 255);
    if (reply_get_integer(reply, "signal", &value, error))
        return narrow(value, EXIT_SIGNAL, 127);
    return -1;
}

static int finish(const Options *options, const Reply *reply, GError **error)
{
    int code = exit_code(reply, error);
    if (code < 0)
        return -1;
    gboolean printed =
        options->json ? ctl_print_json(reply, error) : print_output(options, reply, error);
    return printed ? code : -1;
}

int ctl_exec(const Options *options, char **arguments, GError **error)
{
    g_autoptr(Request) request = exec_request(options, arguments, error);
    g_autoptr(Connection) connection = request ? ctl_connect(options, error) : NULL;
    g_autoptr(GError) problem = NULL;
    gint64 pid = 0;
    Reply reply;

    if (!connection)
        return -1;
    if (!connection_call(connection, g_steal_pointer(&request), CONNECTION_REPLY_MAX, &reply,
                         &problem)) {
        int code = start_failed(problem);
        g_propagate_error(error, g_steal_pointer(&problem));
        return code;
    }
    if (!reply_get_integer(&reply, "pid", &pid, error))
        return -1;
    if (wait_for_end(options, connection, pid, &reply, error))
        return finish(options, &reply, error);
    g_prefix_error(error, "process %" G_GINT64_FORMAT " in the guest: ", pid);
    return -1;
}
