/* SPDX-License-Identifier: Apache-2.0 */

/* Opening and probing with the real kernel, in a mount namespace of our own.  Nothing is frozen. */

#include "os-freeze-private.h"
#include "os-root.h"
#include "root-tree.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static guint count_descriptors(void)
{
    g_autoptr(GDir) dir = g_dir_open("/proc/self/fd", 0, NULL);
    guint n = 0;
    while (g_dir_read_name(dir))
        n++;
    return n;
}

static void assert_nobody_suspected(const GPtrArray *filesystems)
{
    for (guint i = 0; i < filesystems->len; i++)
        g_assert_false(((OsFilesystem *)g_ptr_array_index(filesystems, i))->suspected);
}

/* Those that are hidden cannot be tried, and a machine may have some. */
static void assert_all_tried(GPtrArray *filesystems)
{
    gboolean any_hidden = FALSE;
    for (guint i = 0; i < filesystems->len; i++) {
        const OsFilesystem *one = g_ptr_array_index(filesystems, i);
        const OsMount *best = g_ptr_array_index(one->handle->mounts, 0);
        any_hidden |= best->hidden && !one->obstacle;
    }
    g_assert_cmpint(os_freeze_suspect(filesystems, 20000), ==, !any_hidden);
    assert_nobody_suspected(filesystems);
}

static void test_this_machine(void)
{
    guint before = count_descriptors();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) filesystems = os_freeze_list(&error);
    gint64 start = g_get_monotonic_time();

    g_assert_no_error(error);
    assert_all_tried(filesystems);
    g_test_message("%u filesystems probed in %" G_GINT64_FORMAT " us", filesystems->len,
                   g_get_monotonic_time() - start);
    g_assert_cmpint(waitpid(-1, NULL, 0), ==, -1);
    g_assert_cmpint(errno, ==, ECHILD);
    g_assert_cmpuint(count_descriptors(), ==, before);
}

/* In @place: a directory, and the paths "a" to "c" in it. */
typedef struct {
    char *place;
    char *root; /* of the tree in which tmpfs needs a device */
    gboolean skip;
} Place;

static char *in(const Place *place, const char *path)
{
    return g_build_filename(place->place, path, NULL);
}

/* Lets tmpfs stand for what is on storage, and shows the mount table as it is now. */
static void show_table(Place *place)
{
    g_autofree char *table = NULL, *bars = NULL, *text = NULL;
    g_auto(GStrv) lines = NULL;

    g_assert_true(g_file_get_contents("/proc/thread-self/mountinfo", &table, NULL, NULL));
    lines = g_strsplit(g_strchomp(table), "\n", -1);
    bars = g_strjoinv("\n|", lines);
    text = g_strdup_printf("/proc/filesystems:\n|\ttmpfs\n/proc/self/mountinfo:\n|%s\n"
                           "/proc/self/fd -> /proc/self/fd\n"
                           "/proc/self/fdinfo -> /proc/self/fdinfo\n",
                           bars);
    if (place->root)
        root_tree_add(place->root, text);
    else
        place->root = root_tree_unpack_text(text);
}

/* The namespace is entered once; each test has its own tmpfs in it. */
static void place_make(Place *place, gconstpointer data)
{
    place->place = g_dir_make_tmp("freeze-XXXXXX", NULL);
    g_assert_nonnull(place->place);
    place->skip =
        unshare(CLONE_NEWNS) == -1 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1;
    if (!place->skip)
        g_assert_cmpint(mount("top", place->place, "tmpfs", 0, NULL), ==, 0);
}

static void place_drop(Place *place, gconstpointer data)
{
    root_tree_remove(place->root);
    if (!place->skip)
        umount2(place->place, MNT_DETACH);
    g_rmdir(place->place);
    g_free(place->place);
}

static gboolean skipped(const Place *place)
{
    if (place->skip)
        g_test_skip("a mount namespace is not permitted here");
    return place->skip;
}

/* A tmpfs with that name as its source, and a directory of that name in it. */
static void mount_at(const Place *place, const char *name, const char *path)
{
    g_autofree char *target = in(place, path);
    g_autofree char *mark = g_build_filename(target, name, NULL);

    g_assert_cmpint(g_mkdir_with_parents(target, 0700), ==, 0);
    g_assert_cmpint(mount(name, target, "tmpfs", 0, NULL), ==, 0);
    g_assert_cmpint(g_mkdir(mark, 0700), ==, 0);
}

static void bind_at(const Place *place, const char *from, const char *to)
{
    g_autofree char *source = in(place, from), *target = in(place, to);
    g_assert_true(g_file_set_contents(target, "", 0, NULL));
    g_assert_cmpint(mount(source, target, NULL, MS_BIND, NULL), ==, 0);
}

static void unmount(const Place *place, const char *path)
{
    g_autofree char *target = in(place, path);
    g_assert_cmpint(umount2(target, MNT_DETACH), ==, 0);
}

static gboolean exists(const Place *place, const char *path)
{
    g_autofree char *full = in(place, path);
    return g_file_test(full, G_FILE_TEST_EXISTS);
}

static GPtrArray *list(void)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *filesystems = os_freeze_list(&error);
    g_assert_no_error(error);
    return filesystems;
}

static OsFilesystem *from(const GPtrArray *filesystems, const char *device)
{
    for (guint i = 0; i < filesystems->len; i++) {
        OsFilesystem *one = g_ptr_array_index(filesystems, i);
        if (g_str_equal(one->device, device))
            return one;
    }
    g_error("no filesystem of %s", device);
}

/* It opens the filesystem with the mark @name, which can be used then. */
static void assert_opens(OsFilesystem *filesystem, const char *name)
{
    g_autoptr(GPtrArray) batch = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    struct stat st;
    int fd;

    g_assert_true(os_freeze_open(filesystem, &error));
    g_assert_no_error(error);
    fd = filesystem->handle->fd;
    g_assert_cmpint(fcntl(fd, F_GETFD) & FD_CLOEXEC, !=, 0);
    if (name)
        g_assert_cmpint(fstatat(fd, name, &st, 0), ==, 0);
    g_assert_true(os_freeze_open(filesystem, &error));
    g_assert_cmpint(filesystem->handle->fd, ==, fd);
    g_assert_true(os_freeze_sync(filesystem, &error));
    g_assert_no_error(error);
    g_ptr_array_add(batch, filesystem);
    g_assert_cmpint(os_freeze_thaw(batch, &error), ==, OS_FREEZE_ALREADY);
    g_assert_no_error(error);
}

static void assert_closes(OsFilesystem *filesystem)
{
    guint open = count_descriptors();

    os_freeze_close(filesystem);
    g_assert_cmpuint(count_descriptors(), ==, open - 1);
    os_freeze_close(filesystem);
    g_assert_cmpuint(count_descriptors(), ==, open - 1);
}

static void assert_fails(OsFilesystem *filesystem, const char *why)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(os_freeze_open(filesystem, &error));
    g_assert_nonnull(error);
    g_assert_true(g_str_has_prefix(error->message, "failed to open '"));
    g_assert_true(g_str_has_suffix(error->message, why));
    g_assert_cmpint(filesystem->handle->fd, ==, -1);
}

static void test_visible(Place *place, gconstpointer data)
{
    g_autoptr(GPtrArray) filesystems = NULL;
    guint before = count_descriptors();

    if (skipped(place))
        return;
    mount_at(place, "one", "a");
    mount_at(place, "two", "a/b");
    show_table(place);
    filesystems = list();
    assert_opens(from(filesystems, "one"), "one");
    assert_opens(from(filesystems, "two"), "two");
    assert_closes(from(filesystems, "one"));
    g_clear_pointer(&filesystems, g_ptr_array_unref);
    g_assert_cmpuint(count_descriptors(), ==, before);
}

/* What is done in the other namespace stays there, for shared mounts too. */
static void test_hidden(Place *place, gconstpointer data)
{
    g_autoptr(GPtrArray) filesystems = NULL;
    guint before = count_descriptors();

    if (skipped(place))
        return;
    g_assert_cmpint(mount(NULL, place->place, NULL, MS_SHARED, NULL), ==, 0);
    mount_at(place, "one", "a");
    mount_at(place, "two", "a");
    mount_at(place, "three", "a");
    show_table(place);
    filesystems = list();
    assert_opens(from(filesystems, "one"), "one");
    assert_opens(from(filesystems, "two"), "two");
    assert_opens(from(filesystems, "three"), "three");
    g_assert_true(exists(place, "a/three"));
    g_assert_false(exists(place, "a/one"));
    g_clear_pointer(&filesystems, g_ptr_array_unref);
    g_assert_cmpuint(count_descriptors(), ==, before);
    unmount(place, "a");
    g_assert_true(exists(place, "a/two"));
}

static void test_hidden_by_parents(Place *place, gconstpointer data)
{
    g_autoptr(GPtrArray) filesystems = NULL;

    if (skipped(place))
        return;
    mount_at(place, "one", "x/y/z");
    mount_at(place, "two", "x/y/z/w");
    mount_at(place, "cover1", "x/y");
    mount_at(place, "in cover1", "x/y/z");
    mount_at(place, "cover2", "x");
    mount_at(place, "in cover2", "x/y");
    show_table(place);
    filesystems = list();
    assert_opens(from(filesystems, "one"), "one");
    assert_opens(from(filesystems, "two"), "two");
    assert_opens(from(filesystems, "cover1"), "cover1");
    assert_opens(from(filesystems, "in cover1"), "in cover1");
    g_assert_true(exists(place, "x/y/in cover2"));
}

static void test_hidden_meanwhile(Place *place, gconstpointer data)
{
    g_autoptr(GPtrArray) filesystems = NULL;

    if (skipped(place))
        return;
    mount_at(place, "one", "a");
    mount_at(place, "two", "b/c");
    show_table(place);
    filesystems = list();
    mount_at(place, "three", "a");
    mount_at(place, "four", "b");
    assert_opens(from(filesystems, "one"), "one");
    assert_opens(from(filesystems, "two"), "two");
}

static void test_gone_meanwhile(Place *place, gconstpointer data)
{
    g_autoptr(GPtrArray) filesystems = NULL;

    if (skipped(place))
        return;
    mount_at(place, "one", "a");
    show_table(place);
    filesystems = list();
    unmount(place, "a");
    assert_fails(from(filesystems, "one"), "': it is not mounted any more");
}

static void test_too_deep(Place *place, gconstpointer data)
{
    g_autoptr(GPtrArray) filesystems = NULL;
    g_autofree char *a = in(place, "a");

    if (skipped(place))
        return;
    mount_at(place, "one", "a");
    for (int i = 0; i < 256; i++)
        g_assert_cmpint(mount("more", a, "tmpfs", 0, NULL), ==, 0);
    show_table(place);
    filesystems = list();
    assert_fails(from(filesystems, "one"), "': it is hidden under more than 256 mounts");
}

/* Of a filesystem that is nowhere mounted as a directory. */
static void test_file(Place *place, gconstpointer data)
{
    g_autoptr(GPtrArray) filesystems = NULL;
    g_autofree char *file = in(place, "a/file");

    if (skipped(place))
        return;
    mount_at(place, "one", "a");
    g_assert_true(g_file_set_contents(file, "", 0, NULL));
    bind_at(place, "a/file", "b");
    unmount(place, "a");
    show_table(place);
    filesystems = list();
    assert_opens(from(filesystems, "one"), NULL);
    assert_all_tried(filesystems);
}

static void test_fifo(Place *place, gconstpointer data)
{
    g_autoptr(GPtrArray) filesystems = NULL;
    g_autofree char *fifo = in(place, "a/fifo");

    if (skipped(place))
        return;
    mount_at(place, "one", "a");
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    bind_at(place, "a/fifo", "b");
    unmount(place, "a");
    show_table(place);
    filesystems = list();
    assert_fails(from(filesystems, "one"), "': Not a directory");
    g_assert_false(os_freeze_suspect(filesystems, 20000));
    assert_nobody_suspected(filesystems);
}

/* As if the superblock had another number than the files on it: btrfs. */
static OsFilesystem *with_another_number(Place *place, guint id_offset, GPtrArray **filesystems)
{
    g_autofree char *table = NULL, *tree = NULL;
    g_autoptr(GPtrArray) mounts = NULL;
    const OsMount *last;

    g_assert_true(g_file_get_contents("/proc/thread-self/mountinfo", &table, NULL, NULL));
    mounts = os_mountinfo_parse(table);
    last = g_ptr_array_index(mounts, mounts->len - 1);
    tree = g_strdup_printf("/proc/self/mountinfo:\n|%u 1 0:1048575 / %s rw - tmpfs one rw\n",
                           last->id + id_offset, last->mountpoint);
    root_tree_add(place->root, tree);
    *filesystems = list();
    return from(*filesystems, "one");
}

static void test_subvolume(Place *place, gconstpointer data)
{
    g_autoptr(GPtrArray) same = NULL, another = NULL;

    if (skipped(place))
        return;
    mount_at(place, "one", "a");
    show_table(place);
    assert_opens(with_another_number(place, 0, &same), "one");
    assert_fails(with_another_number(place, 1000, &another), "': it is not mounted any more");
}

static void test_read_only(Place *place, gconstpointer data)
{
    g_autoptr(GPtrArray) filesystems = NULL;
    g_autofree char *a = in(place, "a");

    if (skipped(place))
        return;
    mount_at(place, "one", "a");
    g_assert_cmpint(mount(NULL, a, NULL, MS_REMOUNT | MS_RDONLY, NULL), ==, 0);
    show_table(place);
    filesystems = list();
    assert_all_tried(filesystems);
}

static void test_hidden_are_not_probed(Place *place, gconstpointer data)
{
    g_autoptr(GPtrArray) filesystems = NULL;

    if (skipped(place))
        return;
    mount_at(place, "one", "a");
    mount_at(place, "two", "a");
    show_table(place);
    filesystems = list();
    g_assert_false(os_freeze_suspect(filesystems, 20000)); /* not all is known */
    assert_nobody_suspected(filesystems);
}

static void test_untried(void)
{
    char *root = root_tree_unpack_text("/proc/filesystems:\n|\text4\n/proc/self/mountinfo:\n"
                                       "|27 1 8:1 / /no/such/place rw - ext4 /dev/sda1 rw\n");
    g_autoptr(GPtrArray) filesystems = list();

    g_assert_false(os_freeze_suspect(filesystems, 20000));
    assert_nobody_suspected(filesystems);
    root_tree_remove(root);
}

#define ADD(name, function) g_test_add(name, Place, NULL, place_make, function, place_drop)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/freeze/suspect/nobody-on-this-machine-and-nothing-left", test_this_machine);
    g_test_add_func("/freeze/suspect/what-cannot-be-tried-is-told", test_untried);
    ADD("/freeze/suspect/a-read-only-filesystem-is-tried", test_read_only);
    ADD("/freeze/suspect/a-hidden-one-is-left-alone", test_hidden_are_not_probed);
    ADD("/freeze/open/the-very-filesystem", test_visible);
    ADD("/freeze/open/a-hidden-one-without-a-trace", test_hidden);
    ADD("/freeze/open/hidden-by-mounts-above", test_hidden_by_parents);
    ADD("/freeze/open/hidden-since-it-was-listed", test_hidden_meanwhile);
    ADD("/freeze/open/gone-since-it-was-listed", test_gone_meanwhile);
    ADD("/freeze/open/the-search-is-bounded", test_too_deep);
    ADD("/freeze/open/a-subvolume-is-known-by-its-mount", test_subvolume);
    ADD("/freeze/open/a-file-of-it-will-do", test_file);
    ADD("/freeze/open/a-fifo-is-not-opened", test_fifo);
    return g_test_run();
}
