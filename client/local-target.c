/* SPDX-License-Identifier: Apache-2.0 */
#include "console.h"
#include "failure.h"
#include "local-file.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

#define NAME_TRIES 100

struct LocalTarget {
    char *path;
    char *beside;          /* where it is written; NULL: nowhere (yet, or any more) */
    GOutputStream *stream; /* NULL: standard output */
    ConsoleGuest guest;
};

static gboolean cannot_write(const LocalTarget *target, const char *why, GError **error)
{
    return failure_set(error, FAILURE_LOCAL, "cannot write '%s': %s", target->path, why);
}

/* The last name of a path in the guest, whose system may have either separator; NULL if there is
 * none that a file can have. */
static const char *last_name(const char *path)
{
    const char *name = path;
    for (const char *at = path; *at; at++)
        if (*at == '/' || *at == '\\')
            name = at + 1;
    return *name && !g_str_equal(name, ".") && !g_str_equal(name, "..") ? name : NULL;
}

char *local_target_place(const char *path, const char *remote, GError **error)
{
    if (local_file_is_standard(path) || !g_file_test(path, G_FILE_TEST_IS_DIR))
        return g_strdup(path);
    const char *name = last_name(remote);
    if (name)
        return g_build_filename(path, name, NULL);
    failure_set(error, FAILURE_LOCAL,
                "cannot write '%s': it is a directory, and '%s' has no name for a file in it", path,
                remote);
    return NULL;
}

static char *name_beside(const char *path)
{
    g_autofree char *directory = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *hidden = g_strdup_printf(".%.200s.%08x", name, g_random_int());
    return g_build_filename(directory, hidden, NULL);
}

static gboolean create(LocalTarget *target, GFileCreateFlags flags, GError **error)
{
    for (int i = 0; i < NAME_TRIES; i++) {
        g_autoptr(GError) problem = NULL;
        g_autofree char *name = name_beside(target->path);
        g_autoptr(GFile) file = g_file_new_for_path(name);
        target->stream = G_OUTPUT_STREAM(g_file_create(file, flags, NULL, &problem));
        if (target->stream) {
            target->beside = g_steal_pointer(&name);
            return TRUE;
        }
        if (!g_error_matches(problem, G_IO_ERROR, G_IO_ERROR_EXISTS))
            return cannot_write(target, failure_reason(problem), error);
    }
    return cannot_write(target, "no free name beside it", error);
}

static gboolean open_file(LocalTarget *target, GError **error)
{
    GStatBuf old;
    if (g_stat(target->path, &old) != 0)
        return create(target, G_FILE_CREATE_NONE, error);
    if (g_file_test(target->path, G_FILE_TEST_IS_DIR))
        return cannot_write(target, "it is a directory", error);
    if (!g_file_test(target->path, G_FILE_TEST_IS_REGULAR))
        return cannot_write(target, "it is there and not a regular file", error);
    if (!create(target, G_FILE_CREATE_PRIVATE, error))
        return FALSE;
    if (g_chmod(target->beside, old.st_mode & 0777) != 0)
        return cannot_write(target, g_strerror(errno), error);
    return TRUE;
}

LocalTarget *local_target_open(const char *path, gboolean raw, GError **error)
{
    g_autoptr(LocalTarget) target = g_new0(LocalTarget, 1);
    target->path = g_strdup(path);
    if (local_file_is_standard(path))
        console_guest_init(&target->guest, CONSOLE_OUT, raw);
    else if (!open_file(target, error))
        return NULL;
    return g_steal_pointer(&target);
}

gboolean local_target_write(LocalTarget *target, const void *data, gsize size, GError **error)
{
    g_autoptr(GError) problem = NULL;
    if (!target->stream)
        return console_guest_write(&target->guest, data, size, error);
    return g_output_stream_write_all(target->stream, data, size, NULL, NULL, &problem) ||
           cannot_write(target, failure_reason(problem), error);
}

gboolean local_target_finish(LocalTarget *target, GError **error)
{
    g_autoptr(GError) problem = NULL;
    if (!target->stream)
        return console_guest_finish(&target->guest, error);
    if (!g_output_stream_close(target->stream, NULL, &problem))
        return cannot_write(target, failure_reason(problem), error);
    if (g_rename(target->beside, target->path) != 0)
        return cannot_write(target, g_strerror(errno), error);
    g_clear_pointer(&target->beside, g_free);
    return TRUE;
}

void local_target_free(LocalTarget *target)
{
    if (!target)
        return;
    g_clear_object(&target->stream); /* an open file cannot be removed everywhere */
    if (target->beside)
        g_unlink(target->beside);
    console_guest_clear(&target->guest);
    g_free(target->beside);
    g_free(target->path);
    g_free(target);
}
