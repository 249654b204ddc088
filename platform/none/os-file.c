/* SPDX-License-Identifier: Apache-2.0 */
#include "os-file.h"
#include "none.h"

OsFile *os_file_open(const char *path, OsFileFlags flags, GError **error)
{
    return none_fail_null(error);
}

gboolean os_file_is_regular(OsFile *file)
{
    return FALSE;
}

guint64 os_file_remaining(OsFile *file)
{
    return 0;
}

gboolean os_file_read(OsFile *file, void *buf, gsize len, gsize *got, GError **error)
{
    return none_fail(error);
}

gboolean os_file_read_at_hand(OsFile *file, void *buf, gsize len)
{
    return FALSE;
}

gboolean os_file_write(OsFile *file, const void *buf, gsize len, gsize *put, GError **error)
{
    return none_fail(error);
}

gboolean os_file_seek(OsFile *file, gint64 offset, OsSeek from, gint64 *position, GError **error)
{
    return none_fail(error);
}

gboolean os_file_flush(OsFile *file, GError **error)
{
    return none_fail(error);
}

gboolean os_file_close(OsFile *file, GError **error)
{
    return TRUE;
}
