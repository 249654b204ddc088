/* SPDX-License-Identifier: Apache-2.0 */
#include "os-freeze.h"

#include <gio/gio.h>

static GPtrArray *list(void)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *filesystems = os_freeze_list(&error);

    g_assert_no_error(error);
    g_assert_nonnull(filesystems);
    return filesystems;
}

static void test_list_has_the_system_drive_once(void)
{
    g_autoptr(GPtrArray) filesystems = list();
    guint found = 0;

    for (guint i = 0; i < filesystems->len; i++) {
        const OsFilesystem *one = filesystems->pdata[i];
        g_test_message("%s %s %s %s", one->mountpoint, one->device, one->type,
                       one->obstacle ? one->obstacle : "-");
        g_assert_true(g_str_has_prefix(one->device, "\\\\?\\Volume{"));
        found += g_ascii_strcasecmp(one->mountpoint, "C:\\") == 0;
    }
    g_assert_cmpuint(found, ==, 1);
}

static void test_every_form_of_a_mount_point_is_found(void)
{
    static const char *const forms[] = {"C:", "c:", "C:\\", "c:/", "C:/"};
    g_autoptr(GPtrArray) filesystems = list();
    OsFilesystem *first = os_freeze_find(filesystems, "C:\\", NULL);

    if (!first) {
        g_test_skip("drive C: cannot be frozen here");
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++)
        g_assert_true(os_freeze_find(filesystems, forms[i], NULL) == first);
    g_autofree char *bare = g_strndup(first->device, strlen(first->device) - 1);
    g_assert_true(os_freeze_find(filesystems, first->device, NULL) == first);
    g_assert_true(os_freeze_find(filesystems, bare, NULL) == first);
}

static void test_what_is_no_volume_is_refused(void)
{
    static const struct {
        const char *path;
        const char *text;
    } bad[] = {
        {"q:", "failed to add q:\\ to snapshot set: "},
        {"C:\\windows", "failed to add C:\\windows\\ to snapshot set: "},
        {"C:\\no\\such", "failed to add C:\\no\\such\\ to snapshot set: "},
        {"C:x", "failed to add C:x to snapshot set: it is not an absolute path"},
        {"", "failed to add  to snapshot set: it is not an absolute path"},
        {"/", "failed to add / to snapshot set: it is not an absolute path"},
        {"\\\\server\\share", "failed to add \\\\server\\share to snapshot set: it is not an abs"},
        {"\\\\?\\Volume{00000000-0000-0000-0000-000000000000}", "failed to add \\\\?\\Volume{0000"},
    };
    g_autoptr(GPtrArray) filesystems = list();

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(os_freeze_find(filesystems, bad[i].path, &error));
        g_test_message("%s", error->message);
        g_assert_true(g_str_has_prefix(error->message, bad[i].text));
    }
}

static void test_nothing_is_suspected(void)
{
    g_autoptr(GPtrArray) filesystems = list();

    for (guint i = 0; i < filesystems->len; i++)
        ((OsFilesystem *)filesystems->pdata[i])->suspected = TRUE;
    g_assert_true(os_freeze_suspect(filesystems, 1));
    for (guint i = 0; i < filesystems->len; i++)
        g_assert_false(((OsFilesystem *)filesystems->pdata[i])->suspected);
}

static void test_all_are_frozen_at_once_and_for_ten_seconds(void)
{
    g_assert_true(os_freeze_is_joint());
    g_assert_cmpuint(os_freeze_longest(), ==, 11); /* the provider gives up before */
}

static void test_thaw_of_nothing_is_no_failure(void)
{
    g_autoptr(GPtrArray) filesystems = list();
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(os_freeze_thaw(filesystems, &error), ==, OS_FREEZE_ALREADY);
    g_assert_no_error(error);
}

/* wine has a vssapi.dll that does nothing; on Windows the provider is not registered by a test. */
static void test_freeze_without_vss_is_a_clear_error(void)
{
    g_autoptr(GPtrArray) filesystems = list();
    g_autoptr(GError) error = NULL;
    const OsFreezeOptions options = {0};

    if (os_freeze_freeze(filesystems, &options, &error) == OS_FREEZE_DONE) {
        g_assert_cmpint(os_freeze_thaw(filesystems, NULL), ==, OS_FREEZE_DONE);
        g_test_skip("VSS works here");
        return;
    }
    g_assert_true(
        g_str_has_prefix(error->message, "fsfreeze not possible as VSS failed to initialize: "));
    g_assert_cmpint(os_freeze_thaw(filesystems, NULL), ==, OS_FREEZE_ALREADY);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/freeze/list-has-the-system-drive-once", test_list_has_the_system_drive_once);
    g_test_add_func("/freeze/every-form-of-a-mount-point-is-found",
                    test_every_form_of_a_mount_point_is_found);
    g_test_add_func("/freeze/what-is-no-volume-is-refused", test_what_is_no_volume_is_refused);
    g_test_add_func("/freeze/nothing-is-suspected", test_nothing_is_suspected);
    g_test_add_func("/freeze/all-are-frozen-at-once-and-for-ten-seconds",
                    test_all_are_frozen_at_once_and_for_ten_seconds);
    g_test_add_func("/freeze/thaw-of-nothing-is-no-failure", test_thaw_of_nothing_is_no_failure);
    g_test_add_func("/freeze/freeze-without-vss-is-a-clear-error",
                    test_freeze_without_vss_is_a_clear_error);
    return g_test_run();
}
