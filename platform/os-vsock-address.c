/* SPDX-License-Identifier: Apache-2.0 */
#include "os-vsock-address.h"

#include <gio/gio.h>
#include <string.h>

static gboolean parse_number(const char *text, guint32 *number)
{
    guint64 parsed;
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32 - 1, &parsed, NULL))
        return FALSE;
    *number = (guint32)parsed;
    return TRUE;
}

static gboolean parse_cid(const char *text, guint32 *cid)
{
    if (!g_str_equal(text, "any") && !g_str_equal(text, "-1"))
        return parse_number(text, cid);
    *cid = OS_VSOCK_ANY;
    return TRUE;
}

gboolean os_vsock_address_parse(const char *text, guint32 *cid, guint32 *port, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 2);

    if (g_strv_length(parts) == 2 && parse_cid(parts[0], cid) && parse_number(parts[1], port))
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "invalid vsock address '%s', expected CID:PORT", text);
    return FALSE;
}
