/* SPDX-License-Identifier: Apache-2.0 */
#include "os-hooks.h"

#include <dirent.h>
#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os-error.h"
#include "os-root.h"

/* As many as Linux follows in one path (MAXSYMLINKS, path_resolution(7)). */
#define LINKS_MAX 40u

/* On the way to a hook, link by link, so that every directory is judged that somebody could use to
 * put another program in its place: those of the links as well as those of the target.  Once they
 * are found safe nobody can change what the path means before it is run. */
typedef struct {
    const char *hook; /* as it was asked for */
    GString *at;      /* how far we are: absolute, without links; empty is the root */
    char *rest;       /* what is ahead */
    guint links;      /* followed */
    struct stat info; /* of what is there */
} Walk;

static void walk_clear(Walk *walk)
{
    g_string_free(walk->at, TRUE);
    g_free(walk->rest);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Walk, walk_clear)

static gboolean refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean refuse(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, message);
    return FALSE;
}

static gboolean fail_to_look(const Walk *walk, int code, GError **error)
{
    return os_error_code(error, code, "failed to look at hook '%s'", walk->hook);
}

/* An access control list that lets anybody write shows in the bits of the group (acl(5)). */
static gboolean judge(const char *what, const struct stat *info, GError **error)
{
    if (info->st_uid != 0 && info->st_uid != geteuid())
        return refuse(error, "%s belongs to user %u", what, info->st_uid);
    if (info->st_mode & (S_IWGRP | S_IWOTH))
        return refuse(error, "%s is writable by others", what);
    return TRUE;
}

/* A sticky bit (/tmp) does not help: who may make files may also have made this one. */
static gboolean judge_directory(const Walk *walk, GError **error)
{
    g_autofree char *what = g_strdup_printf("directory '%s' of hook '%s'",
                                            walk->at->len ? walk->at->str : "/", walk->hook);
    return judge(what, &walk->info, error);
}

static gboolean look(Walk *walk, GError **error)
{
    g_autofree char *path = os_root(walk->at->len ? walk->at->str : "/");
    if (lstat(path, &walk->info) < 0)
        return fail_to_look(walk, errno, error);
    return TRUE;
}

static void go_up(Walk *walk)
{
    const char *slash = strrchr(walk->at->str, '/');
    g_string_truncate(walk->at, slash ? (gsize)(slash - walk->at->str) : 0);
}

static gboolean follow_link(Walk *walk, GError **error)
{
    g_autofree char *link = os_root(walk->at->str);
    g_autofree char *target = g_file_read_link(link, NULL);

    if (!target)
        return fail_to_look(walk, EIO, error);
    if (++walk->links > LINKS_MAX)
        return fail_to_look(walk, ELOOP, error);
    if (*target == '/')
        g_string_truncate(walk->at, 0);
    else
        go_up(walk);
    char *rest = g_strconcat(target, "/", walk->rest, NULL);
    g_free(walk->rest);
    walk->rest = rest;
    return TRUE;
}

/* The next name of what is ahead; NULL: that was all. */
static char *take_name(Walk *walk)
{
    const char *from = walk->rest + strspn(walk->rest, "/");
    gsize length = strcspn(from, "/");
    g_autofree char *name = length ? g_strndup(from, length) : NULL;
    char *rest = g_strdup(from + length);

    g_free(walk->rest);
    walk->rest = rest;
    return g_steal_pointer(&name);
}

static gboolean step(Walk *walk, const char *name, GError **error)
{
    if (!S_ISDIR(walk->info.st_mode))
        return fail_to_look(walk, ENOTDIR, error);
    if (!judge_directory(walk, error))
        return FALSE;
    if (strcmp(name, "..") == 0)
        go_up(walk);
    else if (strcmp(name, ".") != 0)
        g_string_append_printf(walk->at, "/%s", name);
    if (!look(walk, error))
        return FALSE;
    if (!S_ISLNK(walk->info.st_mode))
        return TRUE;
    return follow_link(walk, error) && look(walk, error);
}

static gboolean walk_all(Walk *walk, GError **error)
{
    if (!look(walk, error))
        return FALSE;
    for (;;) {
        g_autofree char *name = take_name(walk);
        if (!name)
            return TRUE;
        if (!step(walk, name, error))
            return FALSE;
    }
}

gboolean os_hook_check(const char *path, GError **error)
{
    g_auto(Walk) walk = {.hook = path, .at = g_string_new(NULL), .rest = g_strdup(path)};
    g_autofree char *what = g_strdup_printf("hook '%s'", path);

    if (*path != '/')
        return refuse(error, "%s is not an absolute path", what);
    if (!walk_all(&walk, error))
        return FALSE;
    if (!S_ISREG(walk.info.st_mode))
        return refuse(error, "%s is not a regular file", what);
    if (!(walk.info.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
        return refuse(error, "%s is not executable", what);
    return judge(what, &walk.info, error);
}

static gboolean is_leftover(const char *name)
{
    static const char *const endings[] = {
        "~",         ".bak",     ".orig",     ".swp",      ".sample",   ".rpmsave",
        ".rpmnew",   ".rpmorig", ".dpkg-old", ".dpkg-new", ".dpkg-tmp", ".dpkg-dist",
        ".ucf-dist", ".ucf-old", ".ucf-new",  ".pacnew",   ".pacsave",
    };
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
        if (g_str_has_suffix(name, endings[i]))
            return TRUE;
    return *name == '.';
}

/* What cannot be looked at is left to the check, which says why. */
static gboolean is_switched_off(const char *path)
{
    g_autofree char *where = os_root(path);
    struct stat info;

    if (stat(where, &info) < 0)
        return FALSE;
    return S_ISDIR(info.st_mode) || !(info.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH));
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *take_names(DIR *dir)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (const struct dirent *entry; dir && (entry = readdir(dir));)
        if (!is_leftover(entry->d_name))
            g_ptr_array_add(names, g_strdup(entry->d_name));
    g_ptr_array_sort(names, by_name);
    return names;
}

static GPtrArray *list_names(const char *directory, GError **error)
{
    g_autofree char *where = os_root(directory);
    DIR *dir = opendir(where);
    if (!dir && errno != ENOENT)
        return os_error_null(error, "failed to look for hooks in '%s'", directory);

    GPtrArray *names = take_names(dir);
    if (dir)
        closedir(dir);
    return names;
}

GPtrArray *os_hooks_list(const char *directory, GError **error)
{
    g_autoptr(GPtrArray) names = list_names(directory, error);
    g_autoptr(GPtrArray) hooks = g_ptr_array_new_with_free_func(g_free);
    if (!names)
        return NULL;

    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(directory, g_ptr_array_index(names, i), NULL);
        if (is_switched_off(path))
            continue;
        if (!os_hook_check(path, error))
            return NULL;
        g_ptr_array_add(hooks, g_steal_pointer(&path));
    }
    return g_steal_pointer(&hooks);
}
