/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"
#include "error.h"
#include "os-memory.h"
#include "schema-commands.h"

#define MODE_DEFAULT  "r"
#define COUNT_DEFAULT 4096
#define COUNT_MAX     (48 * 1024 * 1024) /* bytes of one guest-file-read */

/* What the reading of a file begins with that does not know its size. */
#define CHUNK_MIN ((gsize)64 * 1024)

/* Memory that may be left unused behind what was read, rather than moved together. */
#define SLACK_MAX 4096u

/* Those of fopen(3), in the spellings that POSIX has. */
static const struct {
    const char *names[4];
    OsFileFlags flags;
} modes[] = {
    {{"r", "rb"}, OS_FILE_READ},
    {{"w", "wb"}, OS_FILE_WRITE | OS_FILE_CREATE | OS_FILE_TRUNCATE},
    {{"a", "ab"}, OS_FILE_WRITE | OS_FILE_CREATE | OS_FILE_APPEND},
    {{"r+", "rb+", "r+b"}, OS_FILE_READ | OS_FILE_WRITE},
    {{"w+", "wb+", "w+b"}, OS_FILE_READ | OS_FILE_WRITE | OS_FILE_CREATE | OS_FILE_TRUNCATE},
    {{"a+", "ab+", "a+b"}, OS_FILE_READ | OS_FILE_WRITE | OS_FILE_CREATE | OS_FILE_APPEND},
};

static gboolean parse_mode(const char *mode, OsFileFlags *flags, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(modes); i++)
        if (g_strv_contains(modes[i].names, mode)) {
            *flags = modes[i].flags;
            return TRUE;
        }
    return va_fail(error, "invalid file open mode '%s'", mode);
}

static gboolean bad_count(gint64 count, GError **error)
{
    return va_fail(error, "value '%" G_GINT64_FORMAT "' is invalid for argument count", count);
}

VaFile *cmd_file_open_take(VaAgent *agent, const GuestFileOpenIn *in, GError **error)
{
    return va_file_table_has_room(va_agent_files(agent), error) ? va_file_new() : NULL;
}

gboolean cmd_file_open(VaFile *held, const GuestFileOpenIn *in, gint64 *out, GError **error)
{
    const char *mode = in->mode ? in->mode : MODE_DEFAULT;
    g_autoptr(GError) why = NULL;
    OsFileFlags flags = OS_FILE_READ;

    if (!parse_mode(mode, &flags, error))
        return FALSE;
    if (va_file_open(held, in->path, flags, &why))
        return TRUE;
    return va_fail(error, "failed to open file '%s' (mode: '%s'): %s", in->path, mode,
                   why->message);
}

/* The number is given out last, so that only files that are open have one. */
gboolean cmd_file_open_give(VaAgent *agent, VaFile *held, gint64 *out, gboolean done,
                            GError **error)
{
    g_autoptr(VaFile) file = held;
    gint64 handle;

    if (!done || !va_state_next_handle(va_agent_state(agent), &handle, error))
        return FALSE;
    va_file_table_add(va_agent_files(agent), handle, file);
    *out = handle;
    return TRUE;
}

VaFile *cmd_file_close_take(VaAgent *agent, const GuestFileCloseIn *in, GError **error)
{
    return va_file_table_remove(va_agent_files(agent), in->handle, error);
}

gboolean cmd_file_close(VaFile *held, const GuestFileCloseIn *in, GError **error)
{
    return va_file_close(held, error);
}

gboolean cmd_file_close_give(VaAgent *agent, VaFile *held, gboolean done, GError **error)
{
    va_file_unref(held);
    return done;
}

VaFile *cmd_file_read_take(VaAgent *agent, const GuestFileReadIn *in, GError **error)
{
    return va_file_table_get(va_agent_files(agent), in->handle, error);
}

typedef struct {
    guint8 *data;
    gsize size;
    gsize used;
} Buffer;

static void buffer_clear(Buffer *buffer)
{
    g_free(buffer->data);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Buffer, buffer_clear)

/* For a file that has its bytes ready: up to its end and one byte more, which finds that end, or in
 * steps that double if its size is not known (/proc).  For a pipe all that is wanted, because it is
 * read once; memory that is not written to costs nothing. */
static gsize next_size(const Buffer *buffer, OsFile *file, gsize count)
{
    guint64 known = os_file_remaining(file) + 1;

    if (!os_file_is_regular(file))
        return count;
    return (gsize)MIN(count, buffer->used + MAX(known, MAX(buffer->used, CHUNK_MIN)));
}

static gboolean make_room(Buffer *buffer, OsFile *file, gsize count, GError **error)
{
    if (buffer->used < buffer->size)
        return TRUE;

    gsize size = next_size(buffer, file, count);
    guint8 *data = g_try_realloc(buffer->data, size);
    if (!data)
        return va_fail(error, "failed to read file: no memory for %" G_GSIZE_FORMAT " bytes", size);
    os_memory_large(data, size);
    buffer->data = data;
    buffer->size = size;
    return TRUE;
}

/* A failure after the first bytes is left to the next call, which will meet it again. */
static gboolean read_up_to(OsFile *file, gsize count, Buffer *buffer, gboolean *eof, GError **error)
{
    gboolean more = count > 0;

    while (more) {
        GError **report = buffer->used > 0 ? NULL : error;
        gsize got = 0;
        if (!make_room(buffer, file, count, report) ||
            !os_file_read(file, buffer->data + buffer->used, buffer->size - buffer->used, &got,
                          report))
            return buffer->used > 0;
        buffer->used += got;
        *eof = got == 0;
        more = got > 0 && buffer->used < count && os_file_is_regular(file);
    }
    return TRUE;
}

/* Hands the memory over, without what is left of it behind the bytes. */
static GBytes *buffer_to_bytes(Buffer *buffer)
{
    guint8 *data = g_steal_pointer(&buffer->data);

    if (buffer->size - buffer->used > SLACK_MAX)
        data = g_realloc(data, buffer->used);
    return g_bytes_new_take(data, buffer->used);
}

/* What is in memory already need not go to the lane and come back: a third of the time of a
 * transfer is saved.  Only all that was asked for counts; ends and errors are the lane's. */
gboolean cmd_file_read_at_once(VaFile *held, const GuestFileReadIn *in, GuestFileRead **out)
{
    gint64 count = in->has_count ? in->count : COUNT_DEFAULT;
    g_auto(Buffer) buffer = {.size = (gsize)MAX(count, 0), .used = (gsize)MAX(count, 0)};

    if (count <= 0 || count > COUNT_MAX || !os_file_is_regular(va_file_os(held)))
        return FALSE;
    if (!(buffer.data = g_try_malloc(buffer.size)))
        return FALSE;
    os_memory_large(buffer.data, buffer.size);
    if (!os_file_read_at_hand(va_file_os(held), buffer.data, buffer.size))
        return FALSE;
    *out = guest_file_read_new();
    (*out)->count = count;
    (*out)->buf_b64 = buffer_to_bytes(&buffer);
    return TRUE;
}

gboolean cmd_file_read(VaFile *held, const GuestFileReadIn *in, GuestFileRead **out, GError **error)
{
    gint64 count = in->has_count ? in->count : COUNT_DEFAULT;
    g_auto(Buffer) buffer = {0};
    gboolean eof = FALSE;

    if (count < 0 || count > COUNT_MAX)
        return bad_count(count, error);
    if (!read_up_to(va_file_os(held), (gsize)count, &buffer, &eof, error))
        return FALSE;
    *out = guest_file_read_new();
    (*out)->count = (gint64)buffer.used;
    (*out)->eof = eof;
    (*out)->buf_b64 = buffer_to_bytes(&buffer);
    return TRUE;
}

gboolean cmd_file_read_give(VaAgent *agent, VaFile *held, GuestFileRead **out, gboolean done,
                            GError **error)
{
    va_file_unref(held);
    return done;
}

VaFile *cmd_file_write_take(VaAgent *agent, const GuestFileWriteIn *in, GError **error)
{
    return va_file_table_get(va_agent_files(agent), in->handle, error);
}

/* A pipe that is full after it took a part is no failure: the host sees how much went in. */
static gboolean write_all(OsFile *file, const guint8 *data, gsize size, gsize *done, GError **error)
{
    g_autoptr(GError) why = NULL;
    gsize put = 0;

    for (*done = 0; *done < size; *done += put)
        if (!os_file_write(file, data + *done, size - *done, &put, &why) || put == 0)
            break;
    if (!why || (*done > 0 && !os_file_is_regular(file)))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&why));
    return FALSE;
}

gboolean cmd_file_write(VaFile *held, const GuestFileWriteIn *in, GuestFileWrite **out,
                        GError **error)
{
    gsize size, written;
    const guint8 *data = g_bytes_get_data(in->buf_b64, &size);

    if (in->has_count && (in->count < 0 || (guint64)in->count > size))
        return bad_count(in->count, error);
    if (in->has_count)
        size = (gsize)in->count;
    if (!write_all(va_file_os(held), data, size, &written, error))
        return FALSE;
    *out = guest_file_write_new();
    (*out)->count = (gint64)written;
    return TRUE;
}

gboolean cmd_file_write_give(VaAgent *agent, VaFile *held, GuestFileWrite **out, gboolean done,
                             GError **error)
{
    va_file_unref(held);
    return done;
}

VaFile *cmd_file_seek_take(VaAgent *agent, const GuestFileSeekIn *in, GError **error)
{
    return va_file_table_get(va_agent_files(agent), in->handle, error);
}

/* By number, fixed by the interface, or by name. */
static gboolean parse_whence(const GuestFileWhence *whence, OsSeek *from, GError **error)
{
    static const OsSeek by_number[] = {OS_SEEK_SET, OS_SEEK_CUR, OS_SEEK_END};
    static const OsSeek by_name[] = {
        [QGA_SEEK_SET] = OS_SEEK_SET, [QGA_SEEK_CUR] = OS_SEEK_CUR, [QGA_SEEK_END] = OS_SEEK_END};

    if (whence->choice == GUEST_FILE_WHENCE_NAME) {
        *from = by_name[whence->name];
        return TRUE;
    }
    if (whence->value < 0 || whence->value >= (gint64)G_N_ELEMENTS(by_number))
        return va_fail(error, "invalid whence code %" G_GINT64_FORMAT, whence->value);
    *from = by_number[whence->value];
    return TRUE;
}

gboolean cmd_file_seek(VaFile *held, const GuestFileSeekIn *in, GuestFileSeek **out, GError **error)
{
    OsSeek from = OS_SEEK_SET;
    gint64 position;

    if (!parse_whence(in->whence, &from, error) ||
        !os_file_seek(va_file_os(held), in->offset, from, &position, error))
        return FALSE;
    *out = guest_file_seek_new();
    (*out)->position = position;
    return TRUE;
}

gboolean cmd_file_seek_give(VaAgent *agent, VaFile *held, GuestFileSeek **out, gboolean done,
                            GError **error)
{
    va_file_unref(held);
    return done;
}

VaFile *cmd_file_flush_take(VaAgent *agent, const GuestFileFlushIn *in, GError **error)
{
    return va_file_table_get(va_agent_files(agent), in->handle, error);
}

gboolean cmd_file_flush(VaFile *held, const GuestFileFlushIn *in, GError **error)
{
    return os_file_flush(va_file_os(held), error);
}

gboolean cmd_file_flush_give(VaAgent *agent, VaFile *held, gboolean done, GError **error)
{
    va_file_unref(held);
    return done;
}
