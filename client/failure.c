/* SPDX-License-Identifier: Apache-2.0 */
#include "failure.h"

#include "escape.h"
#include "interrupt.h"

#include <stdio.h>
#include <string.h>

G_DEFINE_QUARK(guestctl - failure, failure)

gboolean failure_set(GError **error, FailureCode code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, FAILURE, (gint)code, message);
    return FALSE;
}

int failure_exit_code(const GError *error)
{
    static const int codes[] = {
        [FAILURE_USAGE] = EXIT_USAGE,        [FAILURE_LOCAL] = EXIT_REFUSED,
        [FAILURE_AGENT] = EXIT_REFUSED,      [FAILURE_AGENT_UNKNOWN] = EXIT_REFUSED,
        [FAILURE_CONNECT] = EXIT_TROUBLE,    [FAILURE_CLOSED] = EXIT_TROUBLE,
        [FAILURE_TIMEOUT] = EXIT_TROUBLE,    [FAILURE_PROTOCOL] = EXIT_TROUBLE,
        [FAILURE_INTERRUPTED] = EXIT_SIGNAL, [FAILURE_UNREAD] = EXIT_UNREAD,
    };

    if (error->domain != FAILURE)
        return EXIT_REFUSED;
    if (error->code == FAILURE_INTERRUPTED)
        return EXIT_SIGNAL + interrupt_signal();
    return codes[error->code];
}

const char *failure_reason(const GError *error)
{
    const char *last = g_strrstr(error->message, ": ");
    return last ? last + 2 : error->message;
}

void failure_print(const GError *error)
{
    if (g_error_matches(error, FAILURE, FAILURE_UNREAD))
        return;
    g_autofree char *message = g_strchomp(g_strdup(error->message));
    g_autofree char *shown = escape_line(message, strlen(message));
    fprintf(stderr, "guestctl: %s\n", shown);
}
