/* SPDX-License-Identifier: Apache-2.0 */
#include "state.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    char *dir;
    char *file;
    char *marker;
} Place;

static void place_open(Place *place, gconstpointer data)
{
    place->dir = g_dir_make_tmp("va-state-XXXXXX", NULL);
    place->file = g_build_filename(place->dir, "qga.state", NULL);
    place->marker = g_build_filename(place->dir, "qga.state.isfrozen", NULL);
}

static void place_close(Place *place, gconstpointer data)
{
    g_remove(place->file);
    g_remove(place->marker);
    g_rmdir(place->dir);
    g_free(place->dir);
    g_free(place->file);
    g_free(place->marker);
}

static VaState *load(const Place *place)
{
    g_autoptr(GError) error = NULL;
    VaState *state = va_state_load(place->dir, &error);
    g_assert_no_error(error);
    return state;
}

static void put(const char *file, const char *text)
{
    g_assert_true(g_file_set_contents(file, text, -1, NULL));
}

static gint64 next(VaState *state)
{
    g_autoptr(GError) error = NULL;
    gint64 handle = 0;
    g_assert_true(va_state_next_handle(state, &handle, &error));
    g_assert_no_error(error);
    return handle;
}

static void assert_content(const char *file, const char *text)
{
    g_autofree char *content = NULL;
    g_assert_true(g_file_get_contents(file, &content, NULL, NULL));
    g_assert_cmpstr(content, ==, text);
}

static void test_fresh(Place *place, gconstpointer data)
{
    g_autoptr(VaState) state = load(place);
    g_assert_false(va_state_was_frozen(state));
    g_assert_false(g_file_test(place->file, G_FILE_TEST_EXISTS));
    g_assert_cmpint(next(state), ==, 1000);
    g_assert_cmpint(next(state), ==, 1001);
    assert_content(place->file, "[global]\nfd_counter=2000\n");
}

static void test_removal(Place *place, gconstpointer data)
{
    g_autofree char *other = g_build_filename(place->dir, "virtagent.conf", NULL);

    put(place->file, "");
    put(place->marker, "");
    put(other, "");
    va_state_remove(place->dir);
    g_assert_false(g_file_test(place->file, G_FILE_TEST_EXISTS));
    g_assert_false(g_file_test(place->marker, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_test(other, G_FILE_TEST_EXISTS));
    g_remove(other);
    va_state_remove(place->dir);
    g_assert_false(g_file_test(place->dir, G_FILE_TEST_EXISTS));
    va_state_remove(place->dir);
}

static void test_never_twice(Place *place, gconstpointer data)
{
    gint64 last = 0;
    for (guint restart = 0; restart < 5; restart++) {
        g_autoptr(VaState) state = load(place);
        for (guint i = 0; i < 700; i++) {
            gint64 handle = next(state);
            g_assert_cmpint(handle, >, last);
            last = handle;
        }
    }
}

static void test_rarely_written(Place *place, gconstpointer data)
{
    g_autoptr(VaState) state = load(place);
    for (gint64 i = 0; i < 1000; i++)
        g_assert_cmpint(next(state), ==, 1000 + i);
    assert_content(place->file, "[global]\nfd_counter=2000\n");
    g_assert_cmpint(next(state), ==, 2000);
    assert_content(place->file, "[global]\nfd_counter=3000\n");
}

static void test_private(Place *place, gconstpointer data)
{
    if (G_DIR_SEPARATOR == '\\') {
        g_test_skip("Windows has no file modes: the directory says who may read");
        return;
    }
    g_autoptr(VaState) state = load(place);
    GStatBuf info;
    next(state);
    g_assert_no_errno(g_stat(place->file, &info));
    g_assert_cmpuint(info.st_mode & 0777, ==, 0600);
}

static const struct {
    const char *text;
    gint64 first;
} understood[] = {
    {"[global]\nfd_counter=1015\n", 1015},
    {"[global]\nfd_counter = 1015 \n", 1015},
    {"[global]\nfd_counter=3000000000\n", 3000000000},
    {"[global]\nfd_counter=-2147483648\n", 1000},
    {"[global]\nfd_counter=-1\n", 1000},
    {"[global]\nfd_counter=5\n", 1000},
    {"[global]\n", 1000},
    {"[other]\nfd_counter=7000\n", 1000},
    {"", 1000},
};

static void test_understood(Place *place, gconstpointer data)
{
    for (guint i = 0; i < G_N_ELEMENTS(understood); i++) {
        put(place->file, understood[i].text);
        g_autoptr(VaState) state = load(place);
        g_assert_cmpint(next(state), ==, understood[i].first);
    }
}

static const char *const refused[] = {
    "[global]\nfd_counter=junk\n",
    "[global]\nfd_counter=\n",
    "[global]\nfd_counter=12x\n",
    "[global]\nfd_counter=1.5\n",
    "[global]\nfd_counter=9223372036854775807\n",
    "[global]\nfd_counter=9223372036854774900\n",
    "[global]\nfd_counter=99999999999999999999\n",
    "no key file at all\n",
    "fd_counter=1000\n",
};

static void assert_refused(const Place *place)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *start = g_strdup_printf("failed to load persistent state '%s': ", place->file);
    g_assert_null(va_state_load(place->dir, &error));
    g_assert_true(g_str_has_prefix(error->message, start));
    g_assert_cmpuint(strlen(error->message), >, strlen(start));
}

static void test_refused(Place *place, gconstpointer data)
{
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        put(place->file, refused[i]);
        assert_refused(place);
        assert_content(place->file, refused[i]);
    }
}

static void test_unreadable(Place *place, gconstpointer data)
{
    g_assert_no_errno(g_mkdir(place->file, 0700));
    assert_refused(place);
}

static void test_no_directory(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(va_state_load("/nonexistent/state", &error));
    g_assert_cmpstr(error->message, ==,
                    "failed to load persistent state: there is no directory '/nonexistent/state'");
}

static void test_commit_fails(Place *place, gconstpointer data)
{
    g_autoptr(VaState) state = load(place);
    g_autoptr(GError) error = NULL;
    gint64 handle = -7;
    g_assert_no_errno(g_rmdir(place->dir));
    g_assert_false(va_state_next_handle(state, &handle, &error));
    g_assert_true(g_str_has_prefix(error->message, "failed to commit persistent state to disk: "));
    g_assert_cmpint(handle, ==, -7);

    g_assert_no_errno(g_mkdir(place->dir, 0700));
    g_assert_cmpint(next(state), ==, 1000);
}

static void test_marker(Place *place, gconstpointer data)
{
    put(place->marker, "");
    g_autoptr(VaState) state = load(place);
    g_assert_true(va_state_was_frozen(state));
    g_assert_false(g_file_test(place->file, G_FILE_TEST_EXISTS));
}

#define TEST(name, function)                                                                       \
    g_test_add("/state/" name, Place, NULL, place_open, function, place_close)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST("starts-at-1000-and-writes-at-the-first-handle", test_fresh);
    TEST("no-number-is-given-out-twice", test_never_twice);
    TEST("is-written-once-in-a-thousand", test_rarely_written);
    TEST("file-is-private", test_private);
    TEST("what-qemu-ga-left-is-understood", test_understood);
    TEST("what-makes-no-sense-is-refused-and-kept", test_refused);
    TEST("unreadable-file-is-refused", test_unreadable);
    TEST("missing-directory-is-named", test_no_directory);
    TEST("failing-commit-gives-out-nothing", test_commit_fails);
    TEST("marker-of-a-freeze-is-seen", test_marker);
    TEST("removal-leaves-what-is-not-ours", test_removal);
    return g_test_run();
}
