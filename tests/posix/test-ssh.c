/* SPDX-License-Identifier: Apache-2.0 */
#include "loop.h"
#include "os-ssh-user.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

/* In a home of our own.  As root everything is done for a user that is in no database, so that the
 * change of rights is real; otherwise for ourselves. */
#define SOMEBODY 65534u /* "nobody" nearly everywhere; nothing of it is touched */
#define A_GROUP  54321u /* of nobody else */

#define RACES 60

typedef struct {
    char *top;  /* of it all */
    char *home; /* the user's */
    char *dir, *file;
    char *victim; /* a directory the user may write to, where nothing must appear */
    uid_t uid;
    OsSshUser *user;
} Place;

static gboolean is_root(void)
{
    return geteuid() == 0;
}

static char *make_dir(const Place *place, const char *above, const char *name)
{
    char *path = g_build_filename(above, name, NULL);
    g_assert_no_errno(g_mkdir(path, 0700));
    g_assert_no_errno(chown(path, place->uid, (gid_t)-1));
    return path;
}

static OsSshUser *user_new(uid_t uid, const char *home)
{
    gid_t *groups = g_new(gid_t, 1);
    groups[0] = A_GROUP;
    return os_ssh_user_new(uid, is_root() ? SOMEBODY : getegid(), groups, 1, home);
}

static void place_make(Place *place, gconstpointer data)
{
    place->uid = is_root() ? SOMEBODY : geteuid();
    place->top = g_dir_make_tmp("va-ssh-XXXXXX", NULL);
    g_assert_nonnull(place->top);
    g_assert_no_errno(chmod(place->top, 0711));
    place->home = make_dir(place, place->top, "home");
    place->victim = make_dir(place, place->top, "victim");
    place->dir = g_build_filename(place->home, ".ssh", NULL);
    place->file = g_build_filename(place->dir, "authorized_keys", NULL);
    place->user = user_new(place->uid, place->home);
}

static int remove_one(const char *path, const struct stat *st)
{
    return S_ISDIR(st->st_mode) ? g_rmdir(path) : g_unlink(path);
}

static void remove_tree(const char *path)
{
    struct stat st;
    g_autoptr(GDir) dir = NULL;
    const char *name;

    g_assert_no_errno(lstat(path, &st));
    if (S_ISDIR(st.st_mode)) {
        g_assert_no_errno(chmod(path, 0700));
        dir = g_dir_open(path, 0, NULL);
        while ((name = g_dir_read_name(dir))) {
            g_autofree char *below = g_build_filename(path, name, NULL);
            remove_tree(below);
        }
    }
    g_assert_no_errno(remove_one(path, &st));
}

static gboolean no_children(void)
{
    return waitid(P_ALL, 0, &(siginfo_t){0}, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD;
}

static void place_drop(Place *place, gconstpointer data)
{
    loop_until(no_children());
    remove_tree(place->top);
    os_ssh_user_free(place->user);
    g_free(place->top);
    g_free(place->home);
    g_free(place->dir);
    g_free(place->file);
    g_free(place->victim);
}

/* As the user would: what is made belongs to them. */
static void make_file(const Place *place, const char *text, gsize length, mode_t mode)
{
    if (g_mkdir(place->dir, 0700) == 0)
        g_assert_no_errno(chown(place->dir, place->uid, (gid_t)-1));
    g_assert_true(g_file_set_contents(place->file, text, (gssize)length, NULL));
    g_assert_no_errno(chown(place->file, place->uid, (gid_t)-1));
    g_assert_no_errno(chmod(place->file, mode));
}

static void make_text(const Place *place, const char *text)
{
    make_file(place, text, strlen(text), 0600);
}

static void assert_read(const Place *place, const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    gsize got = 0;
    g_autofree char *read = os_ssh_read(place->user, &got, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(got, ==, length);
    g_assert_true(memcmp(read, text, length) == 0);
    g_assert_cmpint(read[got], ==, '\0');
}

/* @message has the path left out: "failed to read 'PATH': " @message. */
static void assert_fails(const char *what, const char *path, const char *why, gboolean failed,
                         GError **error)
{
    g_autofree char *message = g_strdup_printf("failed to %s '%s': %s", what, path, why);
    g_assert_true(failed);
    g_assert_nonnull(*error);
    g_assert_cmpstr((*error)->message, ==, message);
    g_clear_error(error);
}

static void assert_no_read(const Place *place, const char *what, const char *path, const char *why)
{
    g_autoptr(GError) error = NULL;
    gsize length = 12345;
    assert_fails(what, path, why, os_ssh_read(place->user, &length, &error) == NULL, &error);
    g_assert_cmpuint(length, ==, 12345);
}

static gboolean replace(const Place *place, const char *text, GError **error)
{
    return os_ssh_replace(place->user, text, strlen(text), error);
}

static void assert_no_replace(const Place *place, const char *what, const char *path,
                              const char *why)
{
    g_autoptr(GError) error = NULL;
    assert_fails(what, path, why, !replace(place, "new\n", &error), &error);
}

static void assert_replace(const Place *place, const char *text)
{
    g_autoptr(GError) error = NULL;
    replace(place, text, &error);
    g_assert_no_error(error);
}

/* The names in a directory, sorted, with blanks between. */
static char *names_in(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *name;

    g_assert_nonnull(dir);
    while ((name = g_dir_read_name(dir)))
        g_ptr_array_add(names, (gpointer)name);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(" ", (char **)names->pdata);
}

static void assert_names(const char *path, const char *expected)
{
    g_autofree char *names = names_in(path);
    g_assert_cmpstr(names, ==, expected);
}

static void assert_contents(const char *path, const char *expected)
{
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, expected);
}

static void assert_is(const char *path, mode_t mode, uid_t uid)
{
    struct stat st;
    g_assert_no_errno(lstat(path, &st));
    g_assert_cmpuint(st.st_mode & 07777, ==, mode);
    g_assert_cmpuint(st.st_uid, ==, uid);
}

static void test_read(Place *place, gconstpointer data)
{
    make_file(place, "a\0b\n", 4, 0600);
    assert_read(place, "a\0b\n", 4);
    make_text(place, "");
    assert_read(place, "", 0);
}

static void test_nothing_there(Place *place, gconstpointer data)
{
    const char *why = "No such file or directory";
    g_autoptr(GError) error = NULL;
    gsize length;

    g_assert_null(os_ssh_read(place->user, &length, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    assert_no_read(place, "read", place->file, why);
    make_text(place, "");
    g_assert_no_errno(g_unlink(place->file));
    assert_no_read(place, "read", place->file, why);
    g_assert_no_errno(g_rmdir(place->dir));
    g_assert_no_errno(g_rmdir(place->home));
    assert_no_read(place, "read", place->file, why);
    assert_no_replace(place, "create directory", place->dir, why);
    g_assert_no_errno(g_mkdir(place->home, 0700));
}

static void test_new_file(Place *place, gconstpointer data)
{
    mode_t before = umask(0777);
    assert_replace(place, "a\n");
    umask(before);
    assert_contents(place->file, "a\n");
    assert_is(place->dir, 0700, place->uid);
    assert_is(place->file, 0600, place->uid);
    assert_names(place->dir, "authorized_keys");
    assert_names(place->home, ".ssh");
}

static void test_old_file(Place *place, gconstpointer data)
{
    static const mode_t modes[][2] = {{0644, 0644}, {0600, 0600}, {0640, 0640}, {0666, 0644},
                                      {0777, 0644}, {0400, 0400}, {04755, 0644}};

    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        make_file(place, "old", 3, modes[i][0]);
        assert_read(place, "old", 3);
        assert_replace(place, "new");
        assert_contents(place->file, "new");
        assert_is(place->file, modes[i][1], place->uid);
        assert_names(place->dir, "authorized_keys");
    }
}

#define NOT_FOLLOWED "it is a symbolic link, which is not followed"

static void test_link_for_file(Place *place, gconstpointer data)
{
    g_autofree char *target = g_build_filename(place->victim, "secret", NULL);

    g_assert_true(g_file_set_contents(target, "secret", -1, NULL));
    g_assert_no_errno(chmod(target, 0666));
    make_text(place, "");
    g_assert_no_errno(g_unlink(place->file));
    g_assert_no_errno(symlink(target, place->file));
    assert_no_read(place, "read", place->file, NOT_FOLLOWED);
    assert_no_replace(place, "write", place->file, NOT_FOLLOWED);
    assert_contents(target, "secret");
    assert_names(place->dir, "authorized_keys");
}

static void test_link_for_directory(Place *place, gconstpointer data)
{
    g_assert_no_errno(symlink(place->victim, place->dir));
    assert_no_read(place, "open directory", place->dir, NOT_FOLLOWED);
    assert_no_replace(place, "open directory", place->dir, NOT_FOLLOWED);
    assert_names(place->victim, "");
}

static void test_fifo(Place *place, gconstpointer data)
{
    make_text(place, "");
    g_assert_no_errno(g_unlink(place->file));
    g_assert_no_errno(mkfifo(place->file, 0666));
    g_assert_no_errno(chmod(place->file, 0666));
    assert_no_read(place, "read", place->file, "it is not a regular file");
    assert_no_replace(place, "write", place->file, "it is not a regular file");
    assert_names(place->dir, "authorized_keys");
}

static void test_directory(Place *place, gconstpointer data)
{
    make_text(place, "");
    g_assert_no_errno(g_unlink(place->file));
    g_free(make_dir(place, place->dir, "authorized_keys"));
    assert_no_read(place, "read", place->file, "Is a directory");
    assert_no_replace(place, "write", place->file, "Is a directory");
    assert_names(place->dir, "authorized_keys");
}

static void test_file_for_directory(Place *place, gconstpointer data)
{
    g_assert_true(g_file_set_contents(place->dir, "", 0, NULL));
    assert_no_read(place, "open directory", place->dir, "Not a directory");
    assert_no_replace(place, "open directory", place->dir, "Not a directory");
}

static void test_hard_link(Place *place, gconstpointer data)
{
    g_autofree char *other = g_build_filename(place->victim, "other", NULL);

    make_text(place, "old");
    g_assert_no_errno(link(place->file, other));
    assert_replace(place, "new");
    assert_contents(other, "old");
    assert_contents(place->file, "new");
}

static void test_size(Place *place, gconstpointer data)
{
    g_autofree char *most = g_strnfill(OS_SSH_TEXT_MAX, 'x');

    make_text(place, most);
    assert_read(place, most, OS_SSH_TEXT_MAX);
    assert_replace(place, most);
    assert_read(place, most, OS_SSH_TEXT_MAX);
    g_assert_no_errno(truncate(place->file, OS_SSH_TEXT_MAX + 1));
    assert_no_read(place, "read", place->file, "it is too large");
    g_assert_no_errno(truncate(place->file, (off_t)1 << 40));
    assert_no_read(place, "read", place->file, "it is too large");
    assert_replace(place, "small");
}

static void test_read_only(Place *place, gconstpointer data)
{
    make_text(place, "old");
    g_assert_no_errno(chmod(place->dir, 0500));
    assert_read(place, "old", 3);
    assert_no_replace(place, "write", place->file, "Permission denied");
    assert_names(place->dir, "authorized_keys");
    assert_contents(place->file, "old");
}

/* As on a full disk. */
static void test_failed_write(Place *place, gconstpointer data)
{
    struct rlimit before, small;

    make_text(place, "old");
    g_assert_no_errno(getrlimit(RLIMIT_FSIZE, &before));
    small = before;
    small.rlim_cur = 2;
    g_assert_no_errno(setrlimit(RLIMIT_FSIZE, &small));
    assert_no_replace(place, "write", place->file, "it is too large");
    g_assert_no_errno(setrlimit(RLIMIT_FSIZE, &before));
    assert_names(place->dir, "authorized_keys");
    assert_contents(place->file, "old");
}

static void assert_conflict(const Place *place, const char *left)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(replace(place, "mine", &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_BUSY);
    if (left)
        assert_contents(place->file, left);
    else
        assert_names(place->dir, "");
}

static void test_conflict(Place *place, gconstpointer data)
{
    g_autoptr(OsSshUser) other = user_new(place->uid, place->home);

    make_text(place, "old");
    assert_read(place, "old", 3);
    g_assert_true(os_ssh_replace(other, "his", 3, NULL));
    assert_conflict(place, "his");
    assert_read(place, "his", 3);
    g_assert_no_errno(g_unlink(place->file));
    assert_conflict(place, NULL);
    assert_no_read(place, "read", place->file, "No such file or directory");
    make_text(place, "his");
    assert_conflict(place, "his");
    assert_read(place, "his", 3);
    assert_replace(place, "mine");
}

/* A user can make the work wait, by this lock or by a file system of their own; but not us. */
static void test_patience(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    make_text(place, "old");
    int fd = open(place->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    g_assert_no_errno(flock(fd, LOCK_EX));
    place->user->patience = 100;
    g_assert_false(replace(place, "new", &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    close(fd);
    assert_contents(place->file, "old");
    place->user->patience = 20000;
    assert_replace(place, "new");
}

typedef struct {
    const Place *place;
    gint stop;
} Swapper;

/* At every moment one of the two is there: the real directory or the link. */
static gpointer swapper(gpointer data)
{
    Swapper *self = data;
    g_autofree char *link = g_build_filename(self->place->home, "link", NULL);

    g_assert_no_errno(symlink(self->place->victim, link));
    while (!g_atomic_int_get(&self->stop))
        for (guint i = 0; i < 2; i++)
            g_assert_no_errno(
                renameat2(AT_FDCWD, link, AT_FDCWD, self->place->dir, RENAME_EXCHANGE));
    return NULL;
}

static void test_race(Place *place, gconstpointer data)
{
    Swapper self = {.place = place};
    guint done = 0;

    make_text(place, "old");
    g_assert_no_errno(chmod(place->victim, 0777));
    GThread *thread = g_thread_new("swapper", swapper, &self);
    for (guint i = 0; i < RACES; i++)
        done += (guint)replace(place, "new", NULL);
    g_atomic_int_set(&self.stop, 1);
    g_thread_join(thread);
    g_test_message("%u of %d came through", done, RACES);
    assert_names(place->victim, "");
    assert_contents(place->file, done ? "new" : "old");
}

static void test_rights(Place *place, gconstpointer data)
{
    if (!is_root()) {
        g_test_skip("needs root");
        return;
    }
    make_text(place, "secret");
    g_assert_no_errno(chown(place->file, 0, 0));
    assert_no_read(place, "read", place->file, "Permission denied");
    g_assert_no_errno(chmod(place->file, 0640));
    assert_no_read(place, "read", place->file, "Permission denied");
    g_assert_no_errno(chown(place->file, 0, A_GROUP));
    assert_read(place, "secret", 6);
    g_assert_no_errno(chown(place->dir, 0, 0));
    g_assert_no_errno(chmod(place->dir, 0755));
    assert_no_replace(place, "write", place->file, "Permission denied");
}

static void test_others(void)
{
    g_autoptr(OsSshUser) other = user_new(SOMEBODY - 1, "/nonexistent");
    g_autoptr(GError) error = NULL;
    gsize length;

    if (g_test_subprocess()) {
        if (is_root())
            g_assert_no_errno(setresuid(SOMEBODY, SOMEBODY, SOMEBODY));
        assert_fails("read", "/nonexistent/.ssh/authorized_keys",
                     "cannot act as user 65533: Operation not permitted",
                     !os_ssh_read(other, &length, &error), &error);
        return;
    }
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed();
}

static void test_root_itself(Place *place, gconstpointer data)
{
    if (!is_root()) {
        g_test_skip("needs root");
        return;
    }
    g_autoptr(OsSshUser) root = user_new(0, place->home);
    g_assert_true(os_ssh_replace(root, "a", 1, NULL));
    assert_is(place->file, 0600, 0);
    remove_tree(place->dir);
    g_assert_no_errno(symlink(place->victim, place->dir));
    g_assert_false(os_ssh_replace(root, "a", 1, NULL));
    assert_names(place->victim, "");
}

static void test_label(Place *place, gconstpointer data)
{
    static const char name[] = "security.selinux", label[] = "system_u:object_r:ssh_home_t:s0";
    char found[sizeof label] = "";

    make_text(place, "old");
    if (!is_root() || setxattr(place->file, name, label, sizeof label, 0) < 0) {
        g_test_skip("cannot label a file");
        return;
    }
    g_autoptr(OsSshUser) root = user_new(0, place->home);
    g_assert_true(os_ssh_replace(root, "new", 3, NULL));
    g_assert_cmpint(getxattr(place->file, name, found, sizeof found), ==, sizeof label);
    g_assert_cmpstr(found, ==, label);
}

static guint descriptors(void)
{
    g_autoptr(GDir) dir = g_dir_open("/proc/self/fd", 0, NULL);
    guint n = 0;

    while (dir && g_dir_read_name(dir))
        n++;
    return n;
}

static void test_leaves_nothing(Place *place, gconstpointer data)
{
    make_text(place, "old");
    assert_read(place, "old", 3);
    loop_until(no_children());
    guint before = descriptors();
    for (guint i = 0; i < 10; i++) {
        assert_replace(place, "new");
        assert_read(place, "new", 3);
    }
    loop_until(no_children());
    g_assert_cmpuint(descriptors(), ==, before);
}

static void test_find(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(OsSshUser) user = os_ssh_user_find(g_get_user_name(), &error);

    g_assert_no_error(error);
    g_assert_cmpuint(user->who.uid, ==, getuid());
    g_assert_cmpuint(user->who.gid, ==, getgid());
    g_assert_cmpuint(user->who.n_groups, >=, 1);
    g_assert_true(g_path_is_absolute(user->home));
    g_assert_null(os_ssh_user_find("virtagent-nobody-here", &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

#define ADD(name, function) g_test_add("/ssh/" name, Place, NULL, place_make, function, place_drop)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ssh/users-are-found-by-name", test_find);
    g_test_add_func("/ssh/only-root-acts-for-others", test_others);
    ADD("all-bytes-are-read", test_read);
    ADD("nothing-there-is-not-found", test_nothing_there);
    ADD("a-new-file-is-for-the-user-alone", test_new_file);
    ADD("an-old-file-keeps-its-mode-up-to-0644", test_old_file);
    ADD("a-link-in-place-of-the-file-is-refused", test_link_for_file);
    ADD("a-link-in-place-of-the-directory-is-refused", test_link_for_directory);
    ADD("a-fifo-is-refused-at-once", test_fifo);
    ADD("a-directory-in-place-of-the-file-is-refused", test_directory);
    ADD("a-file-in-place-of-the-directory-is-refused", test_file_for_directory);
    ADD("the-other-name-of-a-hard-link-is-left-alone", test_hard_link);
    ADD("size-is-bounded", test_size);
    ADD("a-read-only-directory-is-left-as-it-is", test_read_only);
    ADD("a-failed-write-leaves-no-trace", test_failed_write);
    ADD("what-somebody-else-wrote-is-not-overwritten", test_conflict);
    ADD("who-makes-it-wait-waits-alone", test_patience);
    ADD("swapping-the-directory-for-a-link-leads-nowhere", test_race);
    ADD("rights-are-those-of-the-user", test_rights);
    ADD("root-is-a-user-too", test_root_itself);
    ADD("the-security-label-is-kept", test_label);
    ADD("no-process-and-no-descriptor-is-left", test_leaves_nothing);
    return g_test_run();
}
