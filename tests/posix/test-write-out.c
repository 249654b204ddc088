/* SPDX-License-Identifier: Apache-2.0 */
#include "os-freeze.h"
#include "os-root.h"

#include <glib/gstdio.h>

/* A root of our own: no setting of this machine is touched. */
typedef struct {
    char *root, *proc, *sys, *vm, *interval, *meminfo;
} Place;

static void place_make(Place *place, gconstpointer data)
{
    place->root = g_dir_make_tmp("va-write-out-XXXXXX", NULL);
    place->proc = g_build_filename(place->root, "proc", NULL);
    place->sys = g_build_filename(place->proc, "sys", NULL);
    place->vm = g_build_filename(place->sys, "vm", NULL);
    place->interval = g_build_filename(place->vm, "dirty_writeback_centisecs", NULL);
    place->meminfo = g_build_filename(place->proc, "meminfo", NULL);
    g_assert_cmpint(g_mkdir_with_parents(place->vm, 0700), ==, 0);
    os_root_set(place->root);
}

static void place_clear(Place *place, gconstpointer data)
{
    char *const paths[] = {place->interval, place->meminfo, place->vm,
                           place->sys,      place->proc,    place->root};

    os_root_set(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_remove(paths[i]);
        g_free(paths[i]);
    }
}

static void assert_interval(Place *place, const char *text, gboolean begins)
{
    g_autofree char *after = NULL;

    g_assert_true(g_file_set_contents(place->interval, text, -1, NULL));
    g_assert_cmpint(os_freeze_start_write_out(), ==, begins);
    g_assert_true(g_file_get_contents(place->interval, &after, NULL, NULL));
    g_assert_cmpstr(after, ==, text);
}

static void test_the_setting_is_as_before(Place *place, gconstpointer data)
{
    assert_interval(place, "500\n", TRUE);
    assert_interval(place, "0\n", TRUE);
}

static void test_what_is_not_understood_is_left_alone(Place *place, gconstpointer data)
{
    assert_interval(place, "-5\n", FALSE);
    assert_interval(place, "", FALSE);
    assert_interval(place, "99999999999\n", FALSE);
    g_remove(place->interval);
    g_assert_false(os_freeze_start_write_out());
}

static void test_what_is_unwritten(Place *place, gconstpointer data)
{
    g_assert_cmpint(os_freeze_unwritten(), ==, 0);
    g_assert_true(g_file_set_contents(place->meminfo,
                                      "MemTotal:  100 kB\nDirty:         12 kB\nWriteback:      "
                                      "3 kB\nWritebackTmp:  9 kB\n",
                                      -1, NULL));
    g_assert_cmpint(os_freeze_unwritten(), ==, 15 * 1024);
}

#define ADD(name, function)                                                                        \
    g_test_add("/write-out/" name, Place, NULL, place_make, function, place_clear)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("the-setting-is-as-before", test_the_setting_is_as_before);
    ADD("what-is-not-understood-is-left-alone", test_what_is_not_understood_is_left_alone);
    ADD("what-is-unwritten", test_what_is_unwritten);
    return g_test_run();
}
