/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-file.h"

#include <gio/gio.h>
#include <string.h>

struct OsFile {
    FakeFile *file;
    OsFileFlags flags;
    gsize position;
};

static struct {
    GHashTable *files; /* path -> FakeFile */
    char *fail_function;
    char *fail_text;
    guint open;
    gsize largest_read;
    OsFileFlags last_flags;
} fake;

static void file_free(gpointer data)
{
    FakeFile *file = data;
    g_byte_array_unref(file->bytes);
    g_free(file);
}

static GHashTable *files(void)
{
    if (!fake.files)
        fake.files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, file_free);
    return fake.files;
}

FakeFile *fake_file_make(const char *path, const char *text)
{
    FakeFile *file = g_new0(FakeFile, 1);

    file->bytes = g_byte_array_new();
    file->capacity = G_MAXUINT;
    g_byte_array_append(file->bytes, (const guint8 *)text, (guint)strlen(text));
    g_hash_table_insert(files(), g_strdup(path), file);
    return file;
}

FakeFile *fake_file_find(const char *path)
{
    return g_hash_table_lookup(files(), path);
}

void fake_files_fail_next(const char *function, const char *text)
{
    fake.fail_function = g_strdup(function);
    fake.fail_text = g_strdup(text);
}

guint fake_files_open(void)
{
    return fake.open;
}

gsize fake_files_largest_read(void)
{
    return fake.largest_read;
}

OsFileFlags fake_files_last_flags(void)
{
    return fake.last_flags;
}

void fake_files_reset(void)
{
    g_assert_cmpuint(fake.open, ==, 0);
    g_clear_pointer(&fake.files, g_hash_table_unref);
    g_clear_pointer(&fake.fail_function, g_free);
    g_clear_pointer(&fake.fail_text, g_free);
    fake.largest_read = 0;
}

static gboolean fail(GError **error, GIOErrorEnum code, const char *text)
{
    g_set_error_literal(error, G_IO_ERROR, (gint)code, text);
    return FALSE;
}

static gboolean called(const char *function, GError **error)
{
    if (!fake.fail_function || !g_str_equal(fake.fail_function, function))
        return TRUE;
    g_autofree char *text = g_steal_pointer(&fake.fail_text);
    g_clear_pointer(&fake.fail_function, g_free);
    return fail(error, G_IO_ERROR_FAILED, text);
}

OsFile *os_file_open(const char *path, OsFileFlags flags, GError **error)
{
    FakeFile *file = fake_file_find(path);

    fake.last_flags = flags;
    if (!called(__func__, error))
        return NULL;
    if (!file && (flags & OS_FILE_CREATE))
        file = fake_file_make(path, "");
    if (!file) {
        fail(error, G_IO_ERROR_NOT_FOUND, "No such file or directory");
        return NULL;
    }
    if (flags & OS_FILE_TRUNCATE)
        g_byte_array_set_size(file->bytes, 0);
    OsFile *open = g_new0(OsFile, 1);
    open->file = file;
    open->flags = flags;
    fake.open++;
    return open;
}

gboolean os_file_is_regular(OsFile *open)
{
    return !open->file->is_pipe;
}

guint64 os_file_remaining(OsFile *open)
{
    gsize size = open->file->bytes->len;

    if (open->file->is_pipe || open->file->sizeless || open->position > size)
        return 0;
    return size - open->position;
}

static gsize limit(gsize size, gsize most)
{
    return most ? MIN(size, most) : size;
}

static gboolean read_pipe(FakeFile *file, void *buf, gsize len, gsize *got, GError **error)
{
    gsize part = MIN(len, file->bytes->len);

    if (part == 0 && file->has_writer)
        return fail(error, G_IO_ERROR_WOULD_BLOCK,
                    "failed to read file: Resource temporarily unavailable");
    memcpy(buf, file->bytes->data, part);
    g_byte_array_remove_range(file->bytes, 0, (guint)part);
    *got = part;
    return TRUE;
}

gboolean os_file_read(OsFile *open, void *buf, gsize len, gsize *got, GError **error)
{
    FakeFile *file = open->file;

    g_assert_cmpuint(len, >, 0);
    fake.largest_read = MAX(fake.largest_read, len);
    if (!called(__func__, error))
        return FALSE;
    if (!(open->flags & OS_FILE_READ))
        return fail(error, G_IO_ERROR_FAILED, "failed to read file: Bad file descriptor");
    len = limit(len, file->read_most);
    if (file->is_pipe)
        return read_pipe(file, buf, len, got, error);
    *got = open->position < file->bytes->len ? MIN(len, file->bytes->len - open->position) : 0;
    if (*got > 0)
        memcpy(buf, file->bytes->data + open->position, *got);
    open->position += *got;
    return TRUE;
}

gboolean os_file_read_at_hand(OsFile *open, void *buf, gsize len)
{
    const GByteArray *bytes = open->file->bytes;

    if (!open->file->at_hand || open->position + len > bytes->len)
        return FALSE;
    memcpy(buf, bytes->data + open->position, len);
    open->position += len;
    return TRUE;
}

static void put_bytes(OsFile *open, const void *buf, gsize len)
{
    GByteArray *bytes = open->file->bytes;

    if (open->file->is_pipe || (open->flags & OS_FILE_APPEND))
        open->position = bytes->len;
    if (open->position + len > bytes->len)
        g_byte_array_set_size(bytes, (guint)(open->position + len));
    memcpy(bytes->data + open->position, buf, len);
    open->position += len;
}

gboolean os_file_write(OsFile *open, const void *buf, gsize len, gsize *put, GError **error)
{
    FakeFile *file = open->file;
    gsize part = MIN(limit(len, file->write_most), file->capacity - file->bytes->len);

    g_assert_cmpuint(len, >, 0);
    if (!called(__func__, error))
        return FALSE;
    if (!(open->flags & OS_FILE_WRITE))
        return fail(error, G_IO_ERROR_FAILED, "failed to write to file: Bad file descriptor");
    if (part == 0 && file->is_pipe)
        return fail(error, G_IO_ERROR_WOULD_BLOCK,
                    "failed to write to file: Resource temporarily unavailable");
    if (part == 0)
        return fail(error, G_IO_ERROR_NO_SPACE, "failed to write to file: No space left on device");
    put_bytes(open, buf, part);
    *put = part;
    return TRUE;
}

gboolean os_file_seek(OsFile *open, gint64 offset, OsSeek from, gint64 *position, GError **error)
{
    const gint64 starts[] = {0, (gint64)open->position, open->file->bytes->len};

    if (!called(__func__, error))
        return FALSE;
    if (open->file->is_pipe)
        return fail(error, G_IO_ERROR_FAILED, "failed to seek file: Illegal seek");
    if (starts[from] + offset < 0)
        return fail(error, G_IO_ERROR_INVALID_ARGUMENT, "failed to seek file: Invalid argument");
    *position = starts[from] + offset;
    open->position = (gsize)*position;
    return TRUE;
}

gboolean os_file_flush(OsFile *open, GError **error)
{
    return called(__func__, error);
}

gboolean os_file_close(OsFile *open, GError **error)
{
    if (!open)
        return TRUE;
    g_free(open);
    fake.open--;
    return called(__func__, error);
}
