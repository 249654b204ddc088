/* SPDX-License-Identifier: Apache-2.0 */
#include "os-freeze.h"
#include "os-patience.h"
#include "os-root.h"
#include "root-tree.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static GPtrArray *list(void)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *filesystems = os_freeze_list(&error);
    g_assert_no_error(error);
    g_assert_nonnull(filesystems);
    return filesystems;
}

/* A line per filesystem: "/home xfs /dev/vdb1", and in brackets what stands in the way. */
static char *lines_of(const GPtrArray *filesystems)
{
    GString *lines = g_string_new(NULL);
    for (guint i = 0; i < filesystems->len; i++) {
        const OsFilesystem *one = g_ptr_array_index(filesystems, i);
        g_string_append_printf(lines, "%s %s %s", one->mountpoint, one->type, one->device);
        if (one->obstacle)
            g_string_append_printf(lines, " [%s]", one->obstacle);
        g_string_append_c(lines, '\n');
        g_assert_false(one->suspected);
    }
    return g_string_free(lines, FALSE);
}

typedef struct {
    const char *claim, *tree, *expected;
} Listing;

static const Listing listings[] = {
    {"each-superblock-once-at-its-best-place", "freeze-binds",
     "/media/b ext4 /dev/vdh1\n"
     "/opt/deep/a ext4 /dev/vdg1\n"
     "/data ext4 /dev/vdf1\n"
     "/mnt/stack ext4 /dev/vde1\n"
     "/mnt/stack ext4 /dev/vdd1\n"
     "/mnt/whole one ext4 /dev/vdc1\n"
     "/home xfs /dev/vdb1\n"
     "/ ext4 /dev/vda1\n"},
    {"btrfs-is-one-whatever-its-subvolumes-and-devices", "freeze-btrfs",
     "/pool btrfs /dev/vdb\n"
     "/images xfs /dev/vdc1\n"
     "/boot ext4 /dev/vda1\n"
     "/ btrfs /dev/vda2\n"},
    {"what-is-on-a-file-before-what-has-the-file", "freeze-loops",
     "/on-tmpfs ext4 /dev/loop5\n"
     "/deleted ext4 /dev/loop3\n"
     "/third ext4 /dev/loop2\n"
     "/second xfs /dev/loop1\n"
     "/first ext4 /dev/loop0p1\n"
     "/var ext4 /dev/vda2\n"
     "/on-device ext4 /dev/loop4\n"
     "/ ext4 /dev/vda1\n"},
    {"through-all-that-maps-devices", "freeze-mapped",
     "/raid ext4 /dev/md0\n"
     "/backup ext4 /dev/sdb2\n"
     "/secure xfs /dev/mapper/dm3\n"
     "/srv ext4 /dev/sdb1\n"
     "/ ext4 /dev/mapper/dm0\n"},
    {"what-cannot-be-frozen-says-why", "freeze-cloud",
     "/var/lib/docker/volumes xfs /dev/sdb1\n"
     "/windows fuseblk.ntfs-3g /dev/sdc1\n"
     "/tank zfs tank [zfs cannot be frozen]\n"
     "/srv/odd fuse.mergerfs a:b [not on a block device]\n"
     "/srv/ssh fuse.sshfs me@server: [network filesystem]\n"
     "/srv/host 9p share [not on a block device]\n"
     "/srv/smb cifs //server/share [network filesystem]\n"
     "/srv/nfs nfs4 server:/export [network filesystem]\n"
     "/media/cdrom iso9660 /dev/sr0 [read-only filesystem]\n"
     "/snap/lxd/28373 squashfs /dev/loop1 [read-only filesystem]\n"
     "/snap/core22/1380 squashfs /dev/loop0 [read-only filesystem]\n"
     "/boot/efi vfat /dev/sda15\n"
     "/ ext4 /dev/sda1\n"},
    {"circles-come-to-an-end", "freeze-circle",
     "/self ext4 /dev/loop2\n"
     "/c ext4 /dev/dm-0\n"
     "/a ext4 /dev/loop0\n"
     "/b ext4 /dev/loop1\n"
     "/ ext4 /dev/sda1\n"},
};

static void test_listing(gconstpointer data)
{
    const Listing *listing = data;
    char *root = root_tree_unpack(listing->tree);
    g_autoptr(GPtrArray) filesystems = list();
    g_autofree char *lines = lines_of(filesystems);

    root_tree_remove(root);
    g_assert_cmpstr(lines, ==, listing->expected);
}

#define TABLE(lines)                                                                               \
    "/proc/filesystems:\n|\text4\n|nodev\ttmpfs\n/proc/self/mountinfo:\n|27 1 8:1 / / rw - "       \
    "ext4 /dev/sda1 rw\n" lines

static void test_bytes_become_text(void)
{
    char *root =
        root_tree_unpack_text(TABLE("|30 27 8:2 / /caf\xe9 rw - ext4 /dev/by-label/\xe9 rw\n"));
    g_autoptr(GPtrArray) filesystems = list();
    g_autofree char *lines = lines_of(filesystems);

    root_tree_remove(root);
    g_assert_cmpstr(lines, ==,
                    "/caf\357\277\275 ext4 /dev/by-label/\357\277\275\n/ ext4 /dev/sda1\n");
}

static void test_nothing_on_storage(void)
{
    char *root = root_tree_unpack_text("/proc/self/mountinfo:\n|1 0 0:2 / / rw - tmpfs t rw\n");
    g_autoptr(GPtrArray) filesystems = list();
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(filesystems->len, ==, 0);
    g_assert_true(os_freeze_suspect(filesystems, 0));
    g_assert_null(os_freeze_find(filesystems, "/", &error));
    g_assert_cmpstr(error->message, ==, "'/' is not a mount point");
    root_tree_remove(root);
}

static void test_no_table(void)
{
    char *root = root_tree_unpack_text("/proc/filesystems = x\n");
    g_autoptr(GError) error = NULL;

    g_assert_null(os_freeze_list(&error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    root_tree_remove(root);
}

/* Each on a file in the one before. */
static void test_long_chain(void)
{
    enum { LENGTH = 1000 };
    g_autoptr(GString) text = g_string_new(TABLE(""));
    g_autoptr(GPtrArray) filesystems = NULL;
    char *root;

    for (int i = 0; i < LENGTH; i++)
        g_string_append_printf(text, "|%d 27 7:%d / /m%d rw - ext4 /dev/loop%d rw\n", i + 30, i, i,
                               i);
    for (int i = 0; i < LENGTH; i++)
        g_string_append_printf(text,
                               "/sys/dev/block/7:%d -> ../../class/block/loop%d\n"
                               "/sys/class/block/loop%d/loop/backing_file = /m%d/f\n",
                               i, i, i, i + 1);
    root = root_tree_unpack_text(text->str);
    filesystems = list();
    root_tree_remove(root);
    g_assert_cmpuint(filesystems->len, ==, LENGTH + 1);
    for (int i = 0; i < LENGTH; i++) {
        g_autofree char *expected = g_strdup_printf("/m%d", i);
        const OsFilesystem *one = g_ptr_array_index(filesystems, i);
        g_assert_cmpstr(one->mountpoint, ==, expected);
    }
}

static void assert_finds(const GPtrArray *filesystems, const char *path, const char *device)
{
    g_autoptr(GError) error = NULL;
    const OsFilesystem *found = os_freeze_find(filesystems, path, &error);

    g_assert_no_error(error);
    g_assert_nonnull(found);
    g_assert_cmpstr(found->device, ==, device);
}

static void assert_refuses(const GPtrArray *filesystems, const char *path, const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(os_freeze_find(filesystems, path, &error));
    g_assert_nonnull(error);
    g_assert_cmpstr(error->message, ==, message);
}

static void test_forms_of_a_path(void)
{
    char *root = root_tree_unpack("freeze-binds");
    g_autoptr(GPtrArray) filesystems = list();

    assert_finds(filesystems, "/home", "/dev/vdb1");
    assert_finds(filesystems, "/home/", "/dev/vdb1");
    assert_finds(filesystems, "//.///home/./", "/dev/vdb1");
    assert_finds(filesystems, "/", "/dev/vda1");
    assert_finds(filesystems, "//", "/dev/vda1");
    assert_finds(filesystems, "/usr/..", "/dev/vda1");
    assert_finds(filesystems, "/mnt/whole one", "/dev/vdc1");
    assert_finds(filesystems, "/srv/www", "/dev/vdb1");
    assert_finds(filesystems, "/mnt/part/", "/dev/vdc1");
    assert_finds(filesystems, "/var/lib/y", "/dev/vda1");
    root_tree_remove(root);
}

static void test_covered_paths(void)
{
    char *root = root_tree_unpack("freeze-binds");
    g_autoptr(GPtrArray) filesystems = list();

    assert_finds(filesystems, "/mnt/stack", "/dev/vde1");
    assert_finds(filesystems, "/data", "/dev/vdf1");
    assert_finds(filesystems, "/opt/deep/a", "/dev/vdg1");
    root_tree_remove(root);
}

static void test_refusals(void)
{
    char *root = root_tree_unpack("freeze-cloud");
    g_autoptr(GPtrArray) filesystems = list();

    assert_refuses(filesystems, "/usr", "'/usr' is not a mount point");
    assert_refuses(filesystems, "/nowhere/at/all",
                   "failed to find '/nowhere/at/all': No such file or directory");
    assert_refuses(filesystems, "", "'' is not an absolute path");
    assert_refuses(filesystems, "boot/efi", "'boot/efi' is not an absolute path");
    assert_refuses(filesystems, "/srv/nfs/",
                   "'/srv/nfs/' is on a filesystem that cannot be frozen: network filesystem");
    assert_refuses(filesystems, "/tank",
                   "'/tank' is on a filesystem that cannot be frozen: zfs cannot be frozen");
    assert_refuses(filesystems, "/proc",
                   "'/proc' is on a filesystem that cannot be frozen: proc has no storage of its "
                   "own");
    root_tree_remove(root);
}

typedef struct {
    GMutex mutex;
    GCond answered;
    gboolean let_go;
    guint waiting;
} Crowd;

static void stand(gpointer data)
{
    Crowd *crowd = data;

    g_mutex_lock(&crowd->mutex);
    while (!crowd->let_go)
        g_cond_wait(&crowd->answered, &crowd->mutex);
    g_mutex_unlock(&crowd->mutex);
}

static void leave(gpointer data)
{
    Crowd *crowd = data;

    g_mutex_lock(&crowd->mutex);
    crowd->waiting--;
    g_cond_signal(&crowd->answered);
    g_mutex_unlock(&crowd->mutex);
}

/* A link can lead into a network filesystem that is dead.  Nothing here can stand for one; but with
 * as many questions to the kernel unanswered as there may be, this one must not be asked. */
static void test_a_look_up_has_its_time(void)
{
    Crowd crowd = {.waiting = OS_PATIENCE_MAX};
    g_autofree char *place = g_dir_make_tmp("va-freeze-XXXXXX", NULL);
    g_autofree char *link = g_build_filename(place, "link", NULL);
    g_autofree char *message = g_strdup_printf("failed to find '%s': it does not answer", link);
    g_autoptr(GPtrArray) nothing = g_ptr_array_new();

    g_assert_cmpint(symlink(place, link), ==, 0);
    for (guint i = 0; i < OS_PATIENCE_MAX; i++)
        g_assert_false(os_patience(stand, &crowd, leave, 0));
    assert_refuses(nothing, link, message);
    g_mutex_lock(&crowd.mutex);
    crowd.let_go = TRUE;
    g_cond_broadcast(&crowd.answered);
    while (crowd.waiting)
        g_cond_wait(&crowd.answered, &crowd.mutex);
    g_mutex_unlock(&crowd.mutex);
    g_remove(link);
    g_rmdir(place);
}

static void test_links(void)
{
    g_autofree char *tmp = g_dir_make_tmp("freeze-XXXXXX", NULL);
    g_autofree char *place = realpath(tmp, NULL);
    g_autofree char *text = g_strdup_printf(
        TABLE("|30 27 8:2 / %s/real rw - ext4 /dev/sdb rw\n"
              "/real/sub/\n/link -> real\n/far -> link/sub/..\n/sub -> real/sub\n/loop -> loop\n"),
        place);
    g_autoptr(GPtrArray) filesystems = NULL;
    char *root = g_strdup(place);
    g_autofree char *link = g_build_filename(place, "link", NULL);
    g_autofree char *far = g_build_filename(place, "far", "", NULL);
    g_autofree char *back = g_build_filename(place, "real", "..", "link", NULL);
    g_autofree char *sub = g_build_filename(place, "sub", NULL);
    g_autofree char *loop = g_build_filename(place, "loop", NULL);
    g_autofree char *no_mount = g_strdup_printf("'%s' is not a mount point", sub);
    g_autofree char *endless =
        g_strdup_printf("failed to find '%s': Too many levels of symbolic links", loop);

    root_tree_add(root, text);
    os_root_set(root);
    filesystems = list();
    assert_finds(filesystems, link, "/dev/sdb");
    assert_finds(filesystems, far, "/dev/sdb");
    assert_finds(filesystems, back, "/dev/sdb");
    assert_refuses(filesystems, sub, no_mount);
    assert_refuses(filesystems, loop, endless);
    root_tree_remove(root);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(listings); i++) {
        g_autofree char *path = g_strconcat("/freeze/list/", listings[i].claim, NULL);
        g_test_add_data_func(path, &listings[i], test_listing);
    }
    g_test_add_func("/freeze/list/bytes-become-text", test_bytes_become_text);
    g_test_add_func("/freeze/list/nothing-on-storage-is-an-empty-list", test_nothing_on_storage);
    g_test_add_func("/freeze/list/without-a-mount-table-there-is-an-error", test_no_table);
    g_test_add_func("/freeze/list/a-thousand-on-top-of-each-other", test_long_chain);
    g_test_add_func("/freeze/find/any-form-of-a-path", test_forms_of_a_path);
    g_test_add_func("/freeze/find/what-can-be-seen-before-what-it-hides", test_covered_paths);
    g_test_add_func("/freeze/find/refusals-say-why", test_refusals);
    g_test_add_func("/freeze/find/links-are-followed", test_links);
    g_test_add_func("/freeze/find/a-link-that-does-not-answer-is-not-awaited",
                    test_a_look_up_has_its_time);
    return g_test_run();
}
