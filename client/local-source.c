/* SPDX-License-Identifier: Apache-2.0 */
#include "failure.h"
#include "local-file.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>

struct LocalSource {
    char *path;
    GInputStream *stream; /* NULL: standard input */
    gint64 size;
};

gboolean local_file_is_standard(const char *path)
{
    return g_str_equal(path, "-");
}

static gint64 size_of(GFileInputStream *stream)
{
    g_autoptr(GFileInfo) info = g_file_input_stream_query_info(
        stream, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE, NULL, NULL);
    return info && g_file_info_get_file_type(info) == G_FILE_TYPE_REGULAR
               ? g_file_info_get_size(info)
               : -1;
}

static gboolean open_file(LocalSource *source, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(GFile) file = g_file_new_for_path(source->path);
    g_autoptr(GFileInputStream) stream = g_file_read(file, NULL, &problem);
    if (!stream)
        return failure_set(error, FAILURE_LOCAL, "cannot read '%s': %s", source->path,
                           failure_reason(problem));
    source->size = size_of(stream);
    source->stream = G_INPUT_STREAM(g_steal_pointer(&stream));
    return TRUE;
}

LocalSource *local_source_open(const char *path, GError **error)
{
    g_autoptr(LocalSource) source = g_new0(LocalSource, 1);
    source->path = g_strdup(path);
    source->size = -1;
    if (!local_file_is_standard(path) && !open_file(source, error))
        return NULL;
    return g_steal_pointer(&source);
}

void local_source_free(LocalSource *source)
{
    if (!source)
        return;
    g_clear_object(&source->stream);
    g_free(source->path);
    g_free(source);
}

gint64 local_source_size(const LocalSource *source)
{
    return source->size;
}

static gboolean read_standard(void *data, gsize size, gsize *got, GError **error)
{
    gsize count = fread(data, 1, size, stdin);
    if (count < size && ferror(stdin))
        return failure_set(error, FAILURE_LOCAL, "cannot read standard input: %s",
                           g_strerror(errno));
    *got = count;
    return TRUE;
}

gboolean local_source_read(LocalSource *source, void *data, gsize size, gsize *got, GError **error)
{
    g_autoptr(GError) problem = NULL;
    if (!source->stream)
        return read_standard(data, size, got, error);
    if (g_input_stream_read_all(source->stream, data, size, got, NULL, &problem))
        return TRUE;
    return failure_set(error, FAILURE_LOCAL, "cannot read '%s': %s", source->path,
                       failure_reason(problem));
}

/* The limit is checked at every step: the file may be endless. */
static GBytes *read_within(LocalSource *source, gsize limit, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const gsize step = 64 * 1024;
    gsize got = step;

    while (got == step) {
        guint start = bytes->len;
        g_byte_array_set_size(bytes, start + (guint)step);
        if (!local_source_read(source, bytes->data + start, step, &got, error))
            return NULL;
        g_byte_array_set_size(bytes, start + (guint)got);
        if (bytes->len > limit) {
            failure_set(error, FAILURE_LOCAL, "'%s' is larger than %" G_GSIZE_FORMAT " MiB",
                        source->path, limit >> 20);
            return NULL;
        }
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

GBytes *local_file_contents(const char *path, gsize limit, GError **error)
{
    g_autoptr(LocalSource) source = local_source_open(path, error);
    return source ? read_within(source, limit, error) : NULL;
}
