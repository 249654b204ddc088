/* SPDX-License-Identifier: Apache-2.0 */
#include "os-hooks.h"
#include "os-root.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOMEBODY 1000

/* A root of its own, so that the directories above it (/tmp is anybody's) do not matter, with
 * /etc/hooks.d in it. */
typedef struct {
    char *root;
} Place;

static char *in(const Place *place, const char *path)
{
    return g_strconcat(place->root, path, NULL);
}

static void make_directory(const Place *place, const char *path)
{
    g_autofree char *where = in(place, path);
    g_assert_no_errno(g_mkdir(where, 0755));
}

static void put(const Place *place, const char *path, int mode)
{
    g_autofree char *where = in(place, path);
    g_assert_true(g_file_set_contents(where, "#!/bin/sh\n", -1, NULL));
    g_assert_no_errno(g_chmod(where, mode));
}

static void link_to(const Place *place, const char *path, const char *target)
{
    g_autofree char *where = in(place, path);
    g_assert_no_errno(symlink(target, where));
}

static void change_mode(const Place *place, const char *path, int mode)
{
    g_autofree char *where = in(place, path);
    g_assert_no_errno(g_chmod(where, mode));
}

static gboolean give_away(const Place *place, const char *path)
{
    g_autofree char *where = in(place, path);
    if (geteuid() != 0) {
        g_test_skip("only root can give files away");
        return FALSE;
    }
    g_assert_no_errno(lchown(where, SOMEBODY, SOMEBODY));
    return TRUE;
}

static void place_make(Place *place, gconstpointer data)
{
    place->root = g_dir_make_tmp("hooks-XXXXXX", NULL);
    g_assert_nonnull(place->root);
    os_root_set(place->root);
    make_directory(place, "/etc");
    make_directory(place, "/etc/hooks.d");
}

static void remove_tree(GFile *file)
{
    g_autoptr(GFileEnumerator) children = g_file_enumerate_children(
        file, "standard::name", G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
    GFile *child = NULL;
    while (children && g_file_enumerator_iterate(children, NULL, &child, NULL, NULL) && child)
        remove_tree(child);
    g_assert_true(g_file_delete(file, NULL, NULL));
}

static void place_drop(Place *place, gconstpointer data)
{
    g_autoptr(GFile) root = g_file_new_for_path(place->root);
    os_root_set(NULL);
    remove_tree(root);
    g_free(place->root);
}

static void assert_fine(const char *path)
{
    g_autoptr(GError) error = NULL;
    gboolean fine = os_hook_check(path, &error);
    g_assert_no_error(error);
    g_assert_true(fine);
}

static void assert_refused(const char *path, GIOErrorEnum code, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(os_hook_check(path, &error));
    g_assert_cmpstr(error->message, ==, message);
    g_assert_error(error, G_IO_ERROR, (gint)code);
}

#define assert_denied(path, message) assert_refused(path, G_IO_ERROR_PERMISSION_DENIED, message)

/* The names, with blanks between. */
static void assert_list(const char *directory, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) hooks = os_hooks_list(directory, &error);
    g_assert_no_error(error);
    g_ptr_array_add(hooks, NULL);
    g_autofree char *joined = g_strjoinv(" ", (char **)hooks->pdata);
    g_assert_cmpstr(joined, ==, expected);
}

static void assert_list_fails(const char *directory, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(os_hooks_list(directory, &error));
    g_assert_cmpstr(error->message, ==, message);
}

static void test_fine(Place *place, gconstpointer data)
{
    static const int modes[] = {0755, 0700, 0500, 0555, 0711};
    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        put(place, "/etc/hook", modes[i]);
        assert_fine("/etc/hook");
        assert_fine("//etc/./hooks.d/..//hook");
    }
}

static void test_writable(Place *place, gconstpointer data)
{
    static const int modes[] = {0775, 0757, 0777, 0720, 0702};
    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        put(place, "/etc/hook", modes[i]);
        assert_denied("/etc/hook", "hook '/etc/hook' is writable by others");
    }
}

static void test_writable_directory(Place *place, gconstpointer data)
{
    static const int modes[] = {0775, 0757, 0777, 01777};
    put(place, "/etc/hooks.d/x", 0755);
    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        change_mode(place, "/etc/hooks.d", modes[i]);
        assert_denied("/etc/hooks.d/x",
                      "directory '/etc/hooks.d' of hook '/etc/hooks.d/x' is writable by others");
        change_mode(place, "/etc/hooks.d", 0755);
        change_mode(place, "/etc", modes[i]);
        assert_denied("/etc/hooks.d/x",
                      "directory '/etc' of hook '/etc/hooks.d/x' is writable by others");
        change_mode(place, "/etc", 0755);
        assert_fine("/etc/hooks.d/x");
    }
    change_mode(place, "/", 0777);
    assert_denied("/etc/hooks.d/x", "directory '/' of hook '/etc/hooks.d/x' is writable by others");
}

static void test_owner(Place *place, gconstpointer data)
{
    put(place, "/etc/hook", 0755);
    if (!give_away(place, "/etc/hook"))
        return;
    assert_denied("/etc/hook", "hook '/etc/hook' belongs to user 1000");
    put(place, "/etc/hooks.d/x", 0755);
    give_away(place, "/etc/hooks.d");
    assert_denied("/etc/hooks.d/x",
                  "directory '/etc/hooks.d' of hook '/etc/hooks.d/x' belongs to user 1000");
}

static void test_kinds(Place *place, gconstpointer data)
{
    g_autofree char *fifo = in(place, "/etc/fifo");
    g_assert_no_errno(mkfifo(fifo, 0700));
    put(place, "/etc/text", 0644);
    put(place, "/etc/x", 0755);

    assert_denied("/etc/fifo", "hook '/etc/fifo' is not a regular file");
    assert_denied("/etc", "hook '/etc' is not a regular file");
    assert_denied("/", "hook '/' is not a regular file");
    assert_denied("/etc/text", "hook '/etc/text' is not executable");
    assert_denied("etc/x", "hook 'etc/x' is not an absolute path");
    assert_denied("", "hook '' is not an absolute path");
    assert_refused("/etc/x/y", G_IO_ERROR_NOT_DIRECTORY,
                   "failed to look at hook '/etc/x/y': Not a directory");
}

static void test_missing(Place *place, gconstpointer data)
{
    link_to(place, "/etc/dangling", "nowhere");
    assert_refused("/etc/hook", G_IO_ERROR_NOT_FOUND,
                   "failed to look at hook '/etc/hook': No such file or directory");
    assert_refused("/no/hook", G_IO_ERROR_NOT_FOUND,
                   "failed to look at hook '/no/hook': No such file or directory");
    assert_refused("/etc/dangling", G_IO_ERROR_NOT_FOUND,
                   "failed to look at hook '/etc/dangling': No such file or directory");
}

static void test_links(Place *place, gconstpointer data)
{
    put(place, "/etc/target", 0755);
    link_to(place, "/etc/hooks.d/relative", "../target");
    link_to(place, "/etc/hooks.d/absolute", "/etc/hooks.d/relative");
    link_to(place, "/etc/elsewhere", "hooks.d");
    assert_fine("/etc/hooks.d/relative");
    assert_fine("/etc/elsewhere/absolute");

    change_mode(place, "/etc/target", 0757);
    assert_denied("/etc/hooks.d/absolute", "hook '/etc/hooks.d/absolute' is writable by others");
}

/* Who can change the link can change what is run, however safe its target is. */
static void test_links_in_bad_directories(Place *place, gconstpointer data)
{
    put(place, "/etc/target", 0755);
    make_directory(place, "/open");
    link_to(place, "/open/hook", "/etc/target");
    link_to(place, "/etc/hook", "/open/hook");
    link_to(place, "/etc/way", "/open/../etc");
    assert_fine("/etc/hook");

    change_mode(place, "/open", 01777);
    assert_denied("/open/hook", "directory '/open' of hook '/open/hook' is writable by others");
    assert_denied("/etc/hook", "directory '/open' of hook '/etc/hook' is writable by others");
    assert_denied("/etc/way/target",
                  "directory '/open' of hook '/etc/way/target' is writable by others");
}

static void test_link_loop(Place *place, gconstpointer data)
{
    link_to(place, "/etc/a", "b");
    link_to(place, "/etc/b", "a");
    assert_refused("/etc/a", G_IO_ERROR_TOO_MANY_LINKS,
                   "failed to look at hook '/etc/a': Too many levels of symbolic links");
}

static void test_list(Place *place, gconstpointer data)
{
    static const char *const left_out[] = {
        ".hidden",    "x~",       "x.bak",     "x.orig",     "x.swp",       "x.sample",
        "x.rpmsave",  "x.rpmnew", "x.rpmorig", "x.dpkg-old", "x.dpkg-dist", "x.dpkg-new",
        "x.dpkg-tmp", "x.pacnew", "x.pacsave", "x.ucf-old",  "x.ucf-new",   "x.ucf-dist",
    };
    static const char *const names[] = {"b", "B", "10-z", "9-a", "a.sh", "sample", "b.bak.sh"};

    for (guint i = 0; i < G_N_ELEMENTS(left_out); i++) {
        g_autofree char *path = g_strconcat("/etc/hooks.d/", left_out[i], NULL);
        put(place, path, 0755);
    }
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strconcat("/etc/hooks.d/", names[i], NULL);
        put(place, path, 0755);
    }
    put(place, "/etc/hooks.d/README", 0644);
    put(place, "/etc/hooks.d/off", 0666);
    make_directory(place, "/etc/hooks.d/directory");
    link_to(place, "/etc/hooks.d/other-directory", "directory");
    assert_list("/etc/hooks.d",
                "/etc/hooks.d/10-z /etc/hooks.d/9-a /etc/hooks.d/B /etc/hooks.d/a.sh "
                "/etc/hooks.d/b /etc/hooks.d/b.bak.sh /etc/hooks.d/sample");
}

static void test_list_of_nothing(Place *place, gconstpointer data)
{
    assert_list("/etc/hooks.d", "");
    assert_list("/etc/nothing", "");
    assert_list("/nothing/at/all", "");
    put(place, "/etc/file", 0755);
    assert_list_fails("/etc/file", "failed to look for hooks in '/etc/file': Not a directory");
}

static void test_list_with_a_bad_one(Place *place, gconstpointer data)
{
    put(place, "/etc/hooks.d/a", 0755);
    put(place, "/etc/hooks.d/b", 0777);
    assert_list_fails("/etc/hooks.d", "hook '/etc/hooks.d/b' is writable by others");
    change_mode(place, "/etc/hooks.d/b", 0666);
    assert_list("/etc/hooks.d", "/etc/hooks.d/a");
    change_mode(place, "/etc/hooks.d", 0777);
    assert_list_fails("/etc/hooks.d",
                      "directory '/etc/hooks.d' of hook '/etc/hooks.d/a' is writable by others");
    change_mode(place, "/etc/hooks.d", 0755);
    link_to(place, "/etc/hooks.d/c", "gone");
    assert_list_fails("/etc/hooks.d",
                      "failed to look at hook '/etc/hooks.d/c': No such file or directory");
}

#define ADD(name, function)                                                                        \
    g_test_add("/hooks/" name, Place, NULL, place_make, function, place_drop)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("what-only-the-administrator-can-change-may-run", test_fine);
    ADD("writable-by-others-is-refused", test_writable);
    ADD("a-directory-writable-by-others-is-refused", test_writable_directory);
    ADD("what-belongs-to-somebody-else-is-refused", test_owner);
    ADD("only-programs-can-run", test_kinds);
    ADD("what-is-missing-is-told-apart", test_missing);
    ADD("links-are-followed-and-the-target-judged", test_links);
    ADD("directories-of-links-are-judged", test_links_in_bad_directories);
    ADD("a-loop-of-links-ends", test_link_loop);
    ADD("list-is-sorted-without-leftovers", test_list);
    ADD("list-of-nothing-is-empty", test_list_of_nothing);
    ADD("list-with-a-bad-one-is-an-error", test_list_with_a_bad_one);
    return g_test_run();
}
