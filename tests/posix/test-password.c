/* SPDX-License-Identifier: Apache-2.0 */
#include "os-password.h"
#include "os-root.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* With a stand-in for chpasswd in a root of our own, which writes down what it is given: it is
 * /bin/sh with a script, because no account of this machine may be touched. */

typedef struct {
    char *root, *usr, *sbin, *program, *notes;
} Place;

static void place_make(Place *place, gconstpointer data)
{
    place->root = g_dir_make_tmp("va-password-XXXXXX", NULL);
    g_assert_nonnull(place->root);
    place->usr = g_build_filename(place->root, "usr", NULL);
    place->sbin = g_build_filename(place->usr, "sbin", NULL);
    place->program = g_build_filename(place->sbin, "chpasswd", NULL);
    place->notes = g_build_filename(place->root, "notes", NULL);
    g_assert_no_errno(g_mkdir_with_parents(place->sbin, 0700));
    os_root_set(place->root);
}

static void place_drop(Place *place, gconstpointer data)
{
    os_root_set(NULL);
    g_unlink(place->notes);
    g_unlink(place->program);
    g_assert_no_errno(g_rmdir(place->sbin));
    g_assert_no_errno(g_rmdir(place->usr));
    g_assert_no_errno(g_rmdir(place->root));
    g_free(place->root);
    g_free(place->usr);
    g_free(place->sbin);
    g_free(place->program);
    g_free(place->notes);
}

/* What the stand-in does; $notes is where it may write. */
static void stand_in(const Place *place, const char *script)
{
    g_autofree char *text = g_strdup_printf("#!/bin/sh\nnotes='%s'\n%s\n", place->notes, script);
    g_assert_true(g_file_set_contents(place->program, text, -1, NULL));
    g_assert_no_errno(g_chmod(place->program, 0700));
}

static gboolean set(const char *user, const char *password, gboolean crypted, GError **error)
{
    return os_password_set(user, password, strlen(password), crypted, error);
}

static void assert_notes(const Place *place, const char *user, const char *password,
                         gboolean crypted, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *notes = NULL;

    set(user, password, crypted, &error);
    g_assert_no_error(error);
    g_assert_true(g_file_get_contents(place->notes, &notes, NULL, NULL));
    g_assert_cmpstr(notes, ==, expected);
}

static void test_input(Place *place, gconstpointer data)
{
    stand_in(place, "{ echo \"$#:$*\"; /bin/cat; } > \"$notes\"");
    assert_notes(place, "bob", "secret", FALSE, "0:\nbob:secret\n");
    assert_notes(place, "bob", "", FALSE, "0:\nbob:\n");
    assert_notes(place, "bob", "a:b $HOME `x` \"'\\ \xff", FALSE,
                 "0:\nbob:a:b $HOME `x` \"'\\ \xff\n");
    assert_notes(place, "bob", "$6$s$h", TRUE, "1:-e\nbob:$6$s$h\n");
}

/* Nothing that is said of a process names the password. */
static void test_environment(Place *place, gconstpointer data)
{
    g_autofree char *expected = NULL;

    g_setenv("VIRTAGENT_TEST", "x", TRUE);
    stand_in(place, "/usr/bin/env | /usr/bin/sort | /bin/grep -v -e ^PWD= -e ^_= -e ^SHLVL= "
                    "> \"$notes\"; /usr/bin/tr '\\0' ' ' < /proc/$$/cmdline >> \"$notes\"");
    expected = g_strdup_printf("LC_ALL=C\nPATH=%s/usr/sbin:%s/sbin:%s/usr/bin:%s/bin:"
                               "%s/run/current-system/sw/bin\n/bin/sh %s ",
                               place->root, place->root, place->root, place->root, place->root,
                               place->program);
    assert_notes(place, "bob", "secret", FALSE, expected);
    g_unsetenv("VIRTAGENT_TEST");
}

static void assert_fails(const char *message)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(set("bob", "secret", FALSE, &error));
    g_assert_nonnull(error);
    g_assert_cmpstr(error->message, ==, message);
}

static void test_failure(Place *place, gconstpointer data)
{
    stand_in(place, "echo one; echo two >&2; exit 1");
    assert_fails("one\ntwo");
    stand_in(place, "exit 3");
    assert_fails("exit status 3");
    stand_in(place, "kill -9 $$");
    assert_fails("signal 9");
    stand_in(place, "printf '\\303 \\n'; exit 1");
    assert_fails("\357\277\275");
}

/* It may well end without having read all. */
static void test_deaf(Place *place, gconstpointer data)
{
    stand_in(place, "exec < /dev/null; echo no; exit 1");
    assert_fails("no");
}

/* PATH of the agent must not matter: this machine has a chpasswd there. */
static void test_missing(Place *place, gconstpointer data)
{
    assert_fails("failed to execute 'chpasswd': No such file or directory");
}

static void test_wipe(void)
{
    char text[] = "secret";
    os_password_wipe(text, 3);
    g_assert_cmpmem(text, sizeof text, "\0\0\0ret", sizeof text);
    os_password_wipe(NULL, 0);
}

#define ADD(name, function)                                                                        \
    g_test_add("/password/" name, Place, NULL, place_make, function, place_drop)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    signal(SIGPIPE, SIG_IGN); /* as the agent does */
    ADD("goes-to-the-standard-input-alone", test_input);
    ADD("comes-with-a-clean-environment", test_environment);
    ADD("a-failure-is-what-the-program-says", test_failure);
    ADD("a-program-that-does-not-listen-is-a-failure", test_deaf);
    ADD("a-missing-program-is-an-error", test_missing);
    g_test_add_func("/password/wiping-leaves-zeros", test_wipe);
    return g_test_run();
}
