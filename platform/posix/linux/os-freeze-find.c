/* SPDX-License-Identifier: Apache-2.0 */
#include "os-error.h"
#include "os-freeze-private.h"
#include "os-patience.h"

#include <stdlib.h>
#include <string.h>

/* Milliseconds that following links may take: one may lead into a network filesystem that is dead.
 */
#define TIME_LIMIT_MS 10000

/* @path in the form of the mount table: without empty components, those of one dot, and a trailing
 * slash.  NULL if it goes up: what that means depends on links. */
static char *tidy(const char *path)
{
    g_auto(GStrv) words = g_strsplit(path, "/", -1);
    g_autoptr(GString) tidied = g_string_new(NULL);

    for (char **word = words; *word; word++) {
        if (g_str_equal(*word, ".."))
            return NULL;
        if (**word && !g_str_equal(*word, "."))
            g_string_append_printf(tidied, "/%s", *word);
    }
    if (tidied->len == 0)
        g_string_append_c(tidied, '/');
    return g_string_free(g_steal_pointer(&tidied), FALSE);
}

/* The mount at @path: that which can be seen, or else the last one of @mounts that is hidden. */
static const OsMount *mount_at(const GPtrArray *mounts, const char *path)
{
    const OsMount *found = NULL;

    for (guint i = 0; i < mounts->len; i++) {
        const OsMount *mount = g_ptr_array_index(mounts, i);
        if (g_str_equal(mount->mountpoint, path) && (!found || found->hidden))
            found = mount;
    }
    return found;
}

/* A path stands for what can be seen there if that is in the list, else for what it hides. */
static OsFilesystem *filesystem_at(const GPtrArray *filesystems, const char *path)
{
    OsFilesystem *hidden = NULL;

    for (guint i = 0; i < filesystems->len; i++) {
        OsFilesystem *filesystem = g_ptr_array_index(filesystems, i);
        const OsMount *mount = mount_at(filesystem->handle->mounts, path);
        if (mount && !mount->hidden)
            return filesystem;
        if (mount && !hidden)
            hidden = filesystem;
    }
    return hidden;
}

static OsFilesystem *refuse(GError **error, GIOErrorEnum code, const char *path, const char *why)
{
    g_set_error(error, G_IO_ERROR, code, "'%s' %s", path, why);
    return NULL;
}

/* The words for a mount point of none of @filesystems, which share one table. */
static OsFilesystem *refuse_other(const GPtrArray *filesystems, const char *given, const char *path,
                                  GError **error)
{
    const OsFilesystem *any = filesystems->len ? g_ptr_array_index(filesystems, 0) : NULL;
    const OsMount *mount = any ? mount_at(any->handle->table, path) : NULL;
    g_autofree char *why = NULL;

    if (!mount)
        return refuse(error, G_IO_ERROR_NOT_FOUND, given, "is not a mount point");
    why = g_strdup_printf("is on a filesystem that cannot be frozen: %s has no storage of its own",
                          mount->type);
    return refuse(error, G_IO_ERROR_NOT_SUPPORTED, given, why);
}

typedef struct {
    char *path;
    char *resolved; /* malloc()ed; NULL: .code says why */
    int code;
} Search;

static void search_free(gpointer data)
{
    Search *search = data;
    g_free(search->path);
    free(search->resolved);
    g_free(search);
}

static void follow(gpointer data)
{
    Search *search = data;
    search->resolved = realpath(search->path, NULL);
    search->code = errno;
}

/* With all links followed; then it is in the form of the mount table, too. */
static char *resolve(const char *path, GError **error)
{
    Search *search = g_new0(Search, 1);
    char *resolved = NULL;

    search->path = g_strdup(path);
    if (!os_patience(follow, search, search_free, TIME_LIMIT_MS)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                    "failed to find '%s': it does not answer", path);
        return NULL;
    }
    if (search->resolved)
        resolved = g_strdup(search->resolved);
    else
        os_error_code(error, search->code, "failed to find '%s'", path);
    search_free(search);
    return resolved;
}

OsFilesystem *os_freeze_find(const GPtrArray *filesystems, const char *path, GError **error)
{
    g_autofree char *form = tidy(path), *why = NULL;
    OsFilesystem *found = form ? filesystem_at(filesystems, form) : NULL;

    if (*path != '/')
        return refuse(error, G_IO_ERROR_INVALID_ARGUMENT, path, "is not an absolute path");
    if (!found) {
        g_free(form);
        form = resolve(path, error);
        found = form ? filesystem_at(filesystems, form) : NULL;
    }
    if (!form)
        return NULL;
    if (!found)
        return refuse_other(filesystems, path, form, error);
    if (!found->obstacle)
        return found;
    why = g_strdup_printf("is on a filesystem that cannot be frozen: %s", found->obstacle);
    return refuse(error, G_IO_ERROR_NOT_SUPPORTED, path, why);
}
