/* SPDX-License-Identifier: Apache-2.0 */
#include "os-error.h"
#include "os-fd.h"
#include "os-freeze-private.h"
#include "os-mountinfo-hidden.h"
#include "os-patience.h"
#include "os-read.h"

#include <sched.h>
#include <string.h>
#include <sys/mount.h>

/*
 * A hidden filesystem is opened where it can be seen: in a mount namespace of our own
 * (mount_namespaces(7)) from which what lies on it was taken away.  The namespace goes with the
 * thread that made it; what was opened stays.
 *
 * A thread can have such a namespace to itself (unshare(2)) and shares the table of descriptors: so
 * there is no child of a process with threads, in which next to nothing is safe to be called, no
 * descriptor to be passed, and a thread that is stuck is left behind by os_patience(), which gives
 * each question a thread of its own.
 */
#define TIME_LIMIT_MS 10000
#define COVERS_MAX    256 /* mounts taken away */

typedef struct {
    guint major, minor;
    char *mountpoint; /* for the error */
    int fd;
    GError *error;
} Search;

static void search_free(gpointer data)
{
    Search *search = data;
    os_fd_close(search->fd);
    g_clear_error(&search->error);
    g_free(search->mountpoint);
    g_free(search);
}

/* What is done to the mounts must not reach those of the system: without MS_PRIVATE they are peers
 * of ours. */
static gboolean enter_own_namespace(Search *search)
{
    if (unshare(CLONE_NEWNS) == -1 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
        return os_error(&search->error, "failed to look below what hides '%s'", search->mountpoint);
    return TRUE;
}

/* "self" would be the process, which has another table. */
static GPtrArray *read_own_table(GError **error)
{
    g_autofree char *text = os_read("/proc/thread-self/mountinfo", OS_MOUNTINFO_MAX, NULL, error);
    return text ? os_mountinfo_parse(text) : NULL;
}

/* One of its mounts, visible if there is such a one. */
static const OsMount *find_mount(const GPtrArray *table, const Search *search)
{
    const OsMount *found = NULL;

    for (guint i = 0; i < table->len; i++) {
        const OsMount *mount = g_ptr_array_index(table, i);
        if (mount->major == search->major && mount->minor == search->minor &&
            (!found || (found->hidden && !mount->hidden)))
            found = mount;
    }
    return found;
}

static const OsMount *find_id(const GPtrArray *table, guint id)
{
    for (guint i = 0; i < table->len; i++) {
        const OsMount *mount = g_ptr_array_index(table, i);
        if (mount->id == id)
            return mount;
    }
    return NULL;
}

/* Whether @mount lies in @other, or in what lies in it.  Each step goes up by one. */
static gboolean stands_on(const GPtrArray *table, const OsMount *mount, const OsMount *other)
{
    for (guint steps = 0; mount && mount != other && steps < table->len; steps++)
        mount = find_id(table, mount->parent);
    return mount == other;
}

/* The topmost thing on the way to @mount that @mount does not stand on. */
static const OsMount *find_cover(const GPtrArray *table, const OsMount *mount)
{
    const OsMount *cover = NULL;

    for (guint i = 0; i < table->len; i++) {
        const OsMount *other = g_ptr_array_index(table, i);
        if (!other->hidden && os_mountinfo_is_within(mount->mountpoint, other->mountpoint) &&
            (!cover || strlen(other->mountpoint) < strlen(cover->mountpoint)) &&
            !stands_on(table, mount, other))
            cover = other;
    }
    return cover;
}

/* FALSE and errno if nothing can be taken away from above @mount. */
static gboolean uncover(const GPtrArray *table, const OsMount *mount)
{
    const OsMount *cover = find_cover(table, mount);
    errno = ESTALE;
    return cover && umount2(cover->mountpoint, MNT_DETACH | UMOUNT_NOFOLLOW) == 0;
}

/* TRUE if there is more to be done, as something was taken away. */
static gboolean step(Search *search)
{
    g_autoptr(GPtrArray) table = read_own_table(&search->error);
    const OsMount *mount = table ? find_mount(table, search) : NULL;

    if (!table)
        return FALSE;
    if (!mount) {
        g_set_error(&search->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "failed to open '%s': it is not mounted any more", search->mountpoint);
        return FALSE;
    }
    if (mount->hidden && uncover(table, mount))
        return TRUE;
    if (!mount->hidden)
        search->fd = os_freeze_open_mount(mount);
    if (search->fd == -1)
        os_error(&search->error, "failed to open '%s'", search->mountpoint);
    return FALSE;
}

static void search_below(gpointer data)
{
    Search *search = data;
    guint steps = 0;

    if (!enter_own_namespace(search))
        return;
    while (steps < COVERS_MAX && step(search))
        steps++;
    if (steps == COVERS_MAX)
        g_set_error(&search->error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "failed to open '%s': it is hidden under more than %d mounts",
                    search->mountpoint, COVERS_MAX);
}

int os_freeze_open_hidden(const OsFilesystem *filesystem, GError **error)
{
    Search *search = g_new0(Search, 1);
    int fd;

    search->major = filesystem->handle->major;
    search->minor = filesystem->handle->minor;
    search->mountpoint = g_strdup(filesystem->mountpoint);
    search->fd = -1;
    if (!os_patience(search_below, search, search_free, TIME_LIMIT_MS)) {
        os_error_code(error, ETIMEDOUT, "failed to open '%s'", filesystem->mountpoint);
        return -1;
    }
    fd = os_fd_steal(&search->fd);
    if (fd == -1)
        g_propagate_error(error, g_steal_pointer(&search->error));
    search_free(search);
    return fd;
}
