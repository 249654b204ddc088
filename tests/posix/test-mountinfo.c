/* SPDX-License-Identifier: Apache-2.0 */
#include "linux/os-mountinfo.h"
#include "os-root.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define ROOT "27 1 8:1 / / rw - ext4 /dev/sda1 rw\n"

/* The words of one line of a table that is otherwise fine. */
static OsMount *only(GPtrArray *mounts)
{
    g_assert_cmpuint(mounts->len, ==, 1);
    return g_ptr_array_index(mounts, 0);
}

static void test_fields(void)
{
    g_autoptr(GPtrArray) mounts =
        os_mountinfo_parse("36 35 98:1048575 /@home /home rw,noatime shared:1 master:2 "
                           "unbindable - fuse.sshfs host:/dir rw,max_read=1\n");
    const OsMount *mount = only(mounts);

    g_assert_cmpuint(mount->id, ==, 36);
    g_assert_cmpuint(mount->parent, ==, 35);
    g_assert_cmpuint(mount->major, ==, 98);
    g_assert_cmpuint(mount->minor, ==, 1048575);
    g_assert_cmpstr(mount->root, ==, "/@home");
    g_assert_cmpstr(mount->mountpoint, ==, "/home");
    g_assert_cmpstr(mount->type, ==, "fuse.sshfs");
    g_assert_cmpstr(mount->source, ==, "host:/dir");
    g_assert_false(mount->hidden);
}

static void test_escapes(void)
{
    static const struct {
        const char *written, *meant;
    } cases[] = {
        {"/a\\040b", "/a b"},    {"/\\011\\012\\134\\043", "/\t\n\\#"},
        {"/\\377", "/\377"},     {"/caf\xe9", "/caf\xe9"},
        {"/\\400", "/\\400"},    {"/\\08", "/\\08"},
        {"/\\04", "/\\04"},      {"/a\\", "/a\\"},
        {"/\\000b", "/\\000b"},  {"/\\1340\\0401", "/\\0 1"},
        {"/\\134040", "/\\040"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *w = cases[i].written;
        g_autofree char *line = g_strdup_printf("1 0 8:1 %s %s rw - %s %s rw", w, w, w, w);
        g_autoptr(GPtrArray) mounts = os_mountinfo_parse(line);
        const OsMount *mount = only(mounts);
        g_assert_cmpstr(mount->root, ==, cases[i].meant);
        g_assert_cmpstr(mount->mountpoint, ==, cases[i].meant);
        g_assert_cmpstr(mount->type, ==, cases[i].meant);
        g_assert_cmpstr(mount->source, ==, cases[i].meant);
    }
}

static void test_missing_fields(void)
{
    static const char *const lines[] = {
        "",
        "\n\n",
        "36",
        "36 35 98:0 / /mnt rw\n",
        "36 35 98:0 / /mnt rw -\n",
        "36 35 98:0 / /mnt rw - ext4\n",
        "36 35 98:0 / /mnt rw ext4 /dev/sda rw\n",
        "36 35 98 / /mnt rw - ext4 /dev/sda rw\n",
        "36 35 98: / /mnt rw - ext4 /dev/sda rw\n",
        "36 35 :0 / /mnt rw - ext4 /dev/sda rw\n",
        "36 35 98:0 / mnt rw - ext4 /dev/sda rw\n",
        "36 35 98:0 /  rw - ext4 /dev/sda rw\n",
        "x 35 98:0 / /mnt rw - ext4 /dev/sda rw\n",
        "36 -5 98:0 / /mnt rw - ext4 /dev/sda rw\n",
        "4294967295 35 98:0 / /mnt rw - ext4 /dev/sda rw\n",
        "36  35 98:0 / /mnt rw - ext4 /dev/sda rw\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *text = g_strconcat(lines[i], "\n", ROOT, NULL);
        g_autoptr(GPtrArray) mounts = os_mountinfo_parse(text);
        g_test_message("%s", lines[i]);
        g_assert_cmpstr(only(mounts)->mountpoint, ==, "/");
    }
}

static void test_empty_source(void)
{
    g_autoptr(GPtrArray) mounts = os_mountinfo_parse("36 35 0:5 / /mnt rw - tmpfs  rw\n");
    g_assert_cmpstr(only(mounts)->source, ==, "");
}

static void test_same_id_twice(void)
{
    g_autoptr(GPtrArray) mounts = os_mountinfo_parse(ROOT "30 27 8:2 / /a rw - ext4 x rw\n"
                                                          "30 27 8:2 / /a rw - ext4 x rw\n");
    g_assert_cmpuint(mounts->len, ==, 2);
    g_assert_false(((OsMount *)g_ptr_array_index(mounts, 1))->hidden);
}

/* One letter per mount in the table's order: v can be seen, h is hidden. */
static char *seen(const char *text)
{
    g_autoptr(GPtrArray) mounts = os_mountinfo_parse(text);
    GString *letters = g_string_new(NULL);
    for (guint i = 0; i < mounts->len; i++)
        g_string_append_c(letters, ((OsMount *)g_ptr_array_index(mounts, i))->hidden ? 'h' : 'v');
    return g_string_free(letters, FALSE);
}

typedef struct {
    const char *claim, *letters, *table;
} Covering;

/* As Linux 6.1 wrote them, cut to what matters. */
static const Covering coverings[] = {
    {"a-later-mount-at-the-same-place-hides", "vhv",
     ROOT "30 27 8:2 / /a rw - t s rw\n"
          "31 30 8:3 / /a rw - t s rw\n"},
    {"of-three-at-one-place-the-last-is-seen", "vhhv",
     ROOT "30 27 8:2 / /a rw - t s rw\n"
          "31 30 8:3 / /a rw - t s rw\n"
          "32 31 8:4 / /a rw - t s rw\n"},
    {"a-mount-on-a-directory-above-hides", "vhv",
     ROOT "30 27 8:2 / /a/b/c rw - t s rw\n"
          "31 27 8:3 / /a rw - t s rw\n"},
    {"what-is-mounted-in-a-hidden-one-is-hidden", "vhhhv",
     ROOT "30 27 8:2 / /a/b rw - t s rw\n"
          "31 30 8:3 / /a/b/c rw - t s rw\n"
          "32 31 8:4 / /a/b/c/d rw - t s rw\n"
          "33 27 8:5 / /a rw - t s rw\n"},
    {"covering-a-mount-hides-what-is-in-it", "vhhv",
     ROOT "30 27 8:2 / /a rw - t s rw\n"
          "31 30 8:3 / /a/b rw - t s rw\n"
          "32 30 8:4 / /a rw - t s rw\n"},
    {"the-same-directory-in-the-cover-is-seen", "vhhvv",
     ROOT "30 27 8:2 / /a rw - t s rw\n"
          "31 30 8:3 / /a/b rw - t s rw\n"
          "32 30 8:4 / /a rw - t s rw\n"
          "33 32 8:3 / /a/b rw - t s rw\n"},
    {"a-name-that-only-begins-alike-does-not-hide", "vvvv",
     ROOT "30 27 8:2 / /ab rw - t s rw\n"
          "31 27 8:3 / /a rw - t s rw\n"
          "32 27 8:3 / /abc/d rw - t s rw\n"},
    {"what-lies-deeper-does-not-hide", "vvv",
     ROOT "30 27 8:2 / /a rw - t s rw\n"
          "31 30 8:3 / /a/b rw - t s rw\n"},
    {"a-mount-moved-under-a-later-one-is-seen", "vvv",
     ROOT "30 31 8:2 / /b/a rw - t s rw\n"
          "31 27 8:3 / /b rw - t s rw\n"},
    {"mounted-below-a-cover-by-a-descriptor-is-hidden", "vvh",
     ROOT "30 27 8:2 / /a rw - t s rw\n"
          "31 27 8:3 / /a/b rw - t s rw\n"},
    {"of-two-at-one-place-of-a-parent-the-last-is-seen", "vhv",
     ROOT "30 27 8:2 / /a rw - t s rw\n"
          "31 27 8:3 / /a rw - t s rw\n"},
    {"a-mount-over-the-root-directory-is-hidden-itself", "vvhhv",
     ROOT "30 27 8:2 / /a rw - t s rw\n"
          "31 27 8:3 / / rw - t s rw\n"
          "32 31 8:4 / /b rw - t s rw\n"
          "33 27 8:4 / /b rw - t s rw\n"},
    {"below-a-root-that-is-no-mount", "vvh",
     "30 27 8:2 / /a rw - t s rw\n"
     "31 27 8:3 / /b rw - t s rw\n"
     "32 27 8:4 / /b/c rw - t s rw\n"},
    {"parents-that-go-round-in-a-circle-are-hidden", "vhh",
     ROOT "30 31 8:2 / /a rw - t s rw\n"
          "31 30 8:3 / /a rw - t s rw\n"},
};

static void test_covering(gconstpointer data)
{
    const Covering *covering = data;
    g_autofree char *letters = seen(covering->table);
    g_assert_cmpstr(letters, ==, covering->letters);
}

static void assert_quick(const GString *text, guint mounts, guint visible)
{
    gint64 start = g_get_monotonic_time();
    g_autoptr(GPtrArray) parsed = os_mountinfo_parse(text->str);
    guint n = 0;

    for (guint i = 0; i < parsed->len; i++)
        n += !((OsMount *)g_ptr_array_index(parsed, i))->hidden;
    g_test_message("%u mounts, %" G_GSIZE_FORMAT " bytes: %" G_GINT64_FORMAT " ms", mounts,
                   text->len, (g_get_monotonic_time() - start) / 1000);
    g_assert_cmpuint(parsed->len, ==, mounts);
    g_assert_cmpuint(n, ==, visible);
    g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
}

#define MANY 100000u /* /proc/sys/fs/mount-max */

static void test_many_side_by_side(void)
{
    g_autoptr(GString) text = g_string_new(ROOT);
    for (guint i = 1; i < MANY; i++)
        g_string_append_printf(text, "%u 27 8:%u / /run/netns/%u rw - t s rw\n", i + 27, i, i);
    assert_quick(text, MANY, MANY);
}

static void test_many_on_top_of_each_other(void)
{
    g_autoptr(GString) text = g_string_new(ROOT);
    for (guint i = 1; i < MANY; i++)
        g_string_append_printf(text, "%u %u 8:%u / /a rw - t s rw\n", i + 27, i + 26, i);
    assert_quick(text, MANY, 2);
}

static void test_many_from_child_to_parent(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = MANY; i > 0; i--)
        g_string_append_printf(text, "%u %u 8:%u / %s rw - t s rw\n", i, i - 1, i,
                               i == 1 ? "/" : "/a");
    assert_quick(text, MANY, 2);
}

/* Paths of 4 KiB, each of them 2,000 directories deep. */
static void test_longest_paths(void)
{
    g_autoptr(GString) text = g_string_new(ROOT);
    g_autoptr(GString) path = g_string_new(NULL);
    for (int i = 0; i < 2000; i++)
        g_string_append(path, "/x");
    for (guint i = 1; i < 3000; i++)
        g_string_append_printf(text, "%u 27 8:%u / %s/%u rw - t s rw\n", i + 27, i, path->str, i);
    assert_quick(text, 3000, 3000);
}

typedef struct {
    char *root, *proc, *self, *mountinfo, *filesystems;
} Place;

static void place_make(Place *place, gconstpointer data)
{
    place->root = g_dir_make_tmp("mountinfo-XXXXXX", NULL);
    g_assert_nonnull(place->root);
    place->proc = g_build_filename(place->root, "proc", NULL);
    place->self = g_build_filename(place->proc, "self", NULL);
    place->mountinfo = g_build_filename(place->self, "mountinfo", NULL);
    place->filesystems = g_build_filename(place->proc, "filesystems", NULL);
    g_assert_cmpint(g_mkdir_with_parents(place->self, 0700), ==, 0);
    os_root_set(place->root);
}

static void place_drop(Place *place, gconstpointer data)
{
    os_root_set(NULL);
    g_remove(place->mountinfo);
    g_remove(place->filesystems);
    g_rmdir(place->self);
    g_rmdir(place->proc);
    g_rmdir(place->root);
    g_free(place->root);
    g_free(place->proc);
    g_free(place->self);
    g_free(place->mountinfo);
    g_free(place->filesystems);
}

static void test_missing_table(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(os_mountinfo_read(&error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    g_assert_true(g_str_has_prefix(error->message, "failed to read '"));
}

static void test_types(Place *place, gconstpointer data)
{
    g_autoptr(GHashTable) types = NULL, none = os_filesystem_types();

    g_assert_true(g_file_set_contents(
        place->filesystems, "nodev\tproc\n\text4\nnodev\tfuse\n\tfuseblk\n\n\t", -1, NULL));
    types = os_filesystem_types();
    g_assert_false(os_filesystem_is_on_device(none, "ext4"));
    g_assert_true(os_filesystem_is_on_device(types, "ext4"));
    g_assert_true(os_filesystem_is_on_device(types, "fuseblk.ntfs-3g"));
    g_assert_false(os_filesystem_is_on_device(types, "fuse.sshfs"));
    g_assert_false(os_filesystem_is_on_device(types, "proc"));
    g_assert_false(os_filesystem_is_on_device(types, "ext"));
    g_assert_false(os_filesystem_is_on_device(types, ""));
}

static void test_this_machine(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) mounts = os_mountinfo_read(&error);
    guint roots = 0;

    g_assert_no_error(error);
    for (guint i = 0; i < mounts->len; i++) {
        const OsMount *mount = g_ptr_array_index(mounts, i);
        roots += !mount->hidden && g_str_equal(mount->mountpoint, "/");
    }
    g_assert_cmpuint(roots, ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mountinfo/fields-and-optional-fields", test_fields);
    g_test_add_func("/mountinfo/octal-escapes-are-undone-once", test_escapes);
    g_test_add_func("/mountinfo/a-line-without-its-fields-is-left-out", test_missing_fields);
    g_test_add_func("/mountinfo/a-source-can-be-empty", test_empty_source);
    g_test_add_func("/mountinfo/an-id-counts-once", test_same_id_twice);
    for (gsize i = 0; i < G_N_ELEMENTS(coverings); i++) {
        g_autofree char *path = g_strconcat("/mountinfo/hidden/", coverings[i].claim, NULL);
        g_test_add_data_func(path, &coverings[i], test_covering);
    }
    g_test_add_func("/mountinfo/quick/many-side-by-side", test_many_side_by_side);
    g_test_add_func("/mountinfo/quick/many-on-top-of-each-other", test_many_on_top_of_each_other);
    g_test_add_func("/mountinfo/quick/many-from-child-to-parent", test_many_from_child_to_parent);
    g_test_add_func("/mountinfo/quick/the-longest-paths", test_longest_paths);
    g_test_add("/mountinfo/without-a-table-there-is-an-error", Place, NULL, place_make,
               test_missing_table, place_drop);
    g_test_add("/mountinfo/types-that-need-a-device", Place, NULL, place_make, test_types,
               place_drop);
    g_test_add_func("/mountinfo/this-machine-has-one-visible-root", test_this_machine);
    return g_test_run();
}
