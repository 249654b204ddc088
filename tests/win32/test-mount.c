/* SPDX-License-Identifier: Apache-2.0 */
#include "os-mount-trim.h"
#include "os-mount-usage.h"
#include "os-volume.h"

#include <gio/gio.h>
#include <string.h>

#define LONG 20000u /* milliseconds */

#define GIB ((guint64)1 << 30)

/* The extents of a volume on @disks, with @said for their number. */
static void assert_disks(const char *disks, DWORD said, gsize cut, const char *expected)
{
    gsize count = strlen(disks);
    gsize size = G_STRUCT_OFFSET(VOLUME_DISK_EXTENTS, Extents) + count * sizeof(DISK_EXTENT);
    g_autofree VOLUME_DISK_EXTENTS *extents = g_malloc0(size);
    g_autoptr(GArray) found = NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    extents->NumberOfDiskExtents = said;
    for (gsize i = 0; i < count; i++)
        extents->Extents[i].DiskNumber = (DWORD)(disks[i] - '0');
    found = os_volume_disks(extents, size - cut);
    for (guint i = 0; i < found->len; i++)
        g_string_append_printf(text, "%u", g_array_index(found, guint32, i));
    g_assert_cmpstr(text->str, ==, expected);
}

static void test_extents(void)
{
    assert_disks("0", 1, 0, "0");
    assert_disks("3120", 4, 0, "3120");
    assert_disks("11211", 5, 0, "12");
    assert_disks("", 0, 0, "");
}

static void test_broken_extents(void)
{
    assert_disks("12", 1, 0, "1");
    assert_disks("12", 3, 0, "12");
    assert_disks("12", G_MAXUINT32, 0, "12");
    assert_disks("12", 2, 1, "1");
    assert_disks("", 4, 0, "");
    assert_disks("", 4, G_STRUCT_OFFSET(VOLUME_DISK_EXTENTS, Extents), "");
    assert_disks("", 4, G_STRUCT_OFFSET(VOLUME_DISK_EXTENTS, Extents) - 3, "");
}

static void assert_usage(OsMountUsage usage, guint64 used, guint64 total, guint64 privileged)
{
    g_assert_cmpuint(usage.used, ==, used);
    g_assert_cmpuint(usage.total, ==, total);
    g_assert_cmpuint(usage.total_privileged, ==, privileged);
}

static void test_usage_of(void)
{
    assert_usage(os_mount_usage_of(6 * GIB, 10 * GIB, 6 * GIB), 4 * GIB, 10 * GIB, 10 * GIB);
    assert_usage(os_mount_usage_of(GIB, 10 * GIB, 6 * GIB), 4 * GIB, 5 * GIB, 10 * GIB);
    assert_usage(os_mount_usage_of(0, 0, 0), 0, 0, 0);
    assert_usage(os_mount_usage_of(99, 10, 99), 0, 10, 10);
    assert_usage(os_mount_usage_of(G_MAXUINT64, G_MAXUINT64, 0), G_MAXUINT64, G_MAXUINT64,
                 G_MAXUINT64);
}

static GPtrArray *mounts(void)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *list = os_mount_list(&error);

    g_assert_no_error(error);
    g_assert_nonnull(list);
    return list;
}

static const OsMounted *system_mount(const GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        const OsMounted *mount = g_ptr_array_index(list, i);
        if (strcmp(mount->mountpoint, "C:\\") == 0)
            return mount;
    }
    return NULL;
}

static void test_list(void)
{
    g_autoptr(GPtrArray) list = mounts();
    const OsMounted *system = system_mount(list);

    g_assert_nonnull(system);
    g_assert_true(system->main);
    g_assert_cmpstr(system->type, ==, "NTFS");
    for (guint i = 0; i < list->len; i++) {
        const OsMounted *mount = g_ptr_array_index(list, i);
        g_assert_true(g_str_has_prefix(mount->device, "\\\\?\\Volume{"));
        g_assert_true(g_str_has_suffix(mount->device, "}\\"));
        g_assert_nonnull(mount->disks);
        g_assert_true(*mount->type);
    }
}

static void test_one_main(void)
{
    g_autoptr(GPtrArray) list = mounts();

    for (guint i = 0; i < list->len; i++)
        for (guint j = 0; j < i; j++) {
            const OsMounted *a = g_ptr_array_index(list, i), *b = g_ptr_array_index(list, j);
            gboolean same = strcmp(a->device, b->device) == 0;
            g_assert_true(same == (a->number == b->number));
            g_assert_false(same && a->main && b->main);
        }
}

static void test_usage(void)
{
    g_autoptr(GPtrArray) list = mounts();
    const OsMounted *system = system_mount(list);
    OsMountUsage usage = {0};
    guint took = G_MAXUINT;

    g_assert_true(os_mount_usage(system, LONG, &took, &usage));
    g_assert_cmpuint(took, <=, LONG);
    g_assert_cmpuint(usage.used, >, 0);
    g_assert_cmpuint(usage.used, <=, usage.total);
    g_assert_cmpuint(usage.total, <=, usage.total_privileged);
}

static void test_gone(void)
{
    OsMounted gone = {
        .device = (char *)"\\\\?\\Volume{00000000-0000-4000-8000-00000000ffff}\\",
        .mountpoint = (char *)"Q:\\",
    };
    OsMountUsage usage = {.used = 77};
    guint took = G_MAXUINT;

    g_assert_false(os_mount_usage(&gone, LONG, &took, &usage));
    g_assert_cmpuint(took, <=, LONG);
    g_assert_cmpuint(usage.used, ==, 77);
}

static void test_volumes(void)
{
    g_autoptr(GPtrArray) list = os_volume_list(NULL);
    g_autofree wchar_t *device = os_volume_device("\\\\?\\Volume{0}\\");
    g_autoptr(GPtrArray) none = os_volume_paths("\\\\?\\Volume{0}\\");
    g_auto(OsVolume) about = {.optical = 77};

    g_assert_cmpuint(list->len, >, 0);
    g_assert_true(wcscmp(device, L"\\\\?\\Volume{0}") == 0);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_cmpint(os_volume_ask("\\\\?\\Volume{0}\\", &about), ==, OS_VOLUME_NO_FILESYSTEM);
    g_assert_cmpint(about.optical, ==, 77);
}

/* What the stand-ins are to do, and what was done. */
static OsTrimSupport support;
static OsRunResult end;
static const char *failure;
static GString *calls;

static OsTrimSupport fake_support(const char *volume)
{
    g_string_append_printf(calls, "support %s\n", volume);
    return support;
}

static gboolean fake_run(const OsRun *run, OsRunResult *result, GError **error)
{
    g_string_append_printf(calls, "%u", run->time_limit);
    for (guint i = 0; run->argv[i]; i++) {
        g_string_append_printf(calls, " %s", run->argv[i]);
    }
    if (failure) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, failure);
        return FALSE;
    }
    *result = end;
    result->output = g_strdup(end.output ? end.output : "");
    return TRUE;
}

static const OsTrimCalls fakes = {fake_support, fake_run};

static void trim_set_up(gpointer *unused, gconstpointer data)
{
    support = OS_TRIM_YES;
    end = (OsRunResult){0};
    failure = NULL;
    calls = g_string_new(NULL);
}

static void trim_tear_down(gpointer *unused, gconstpointer data)
{
    g_string_free(calls, TRUE);
}

static gboolean trim(const char *path, const char *type, GError **error)
{
    const OsMounted mount = {
        .device = (char *)"V", .mountpoint = (char *)path, .type = (char *)type};
    OsTrim trimmed = {77, 77};
    gboolean done = os_mount_trim_by(&fakes, &mount, 5000, &trimmed, error);

    g_assert_cmpuint(trimmed.trimmed, ==, done ? 0 : 77);
    return done;
}

static void test_trim_runs(gpointer *unused, gconstpointer data)
{
    static const OsTrimSupport supports[] = {OS_TRIM_YES, OS_TRIM_UNKNOWN};
    static const char *const places[][2] = {
        {"C:\\", "C:"}, {"D:\\data files\\", "D:\\data files"}, {"E:", "E:"}};

    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *tail = g_strdup_printf("32\\defrag.exe %s /L", places[i][1]);
        support = supports[i % 2];
        g_string_truncate(calls, 0);
        g_assert_true(trim(places[i][0], i % 2 ? "NTFS" : "ReFS", NULL));
        g_assert_true(g_str_has_prefix(calls->str, "support V\n5000 C:\\"));
        g_assert_true(g_str_has_suffix(calls->str, tail));
    }
}

static void test_trim_unsupported(gpointer *unused, gconstpointer data)
{
    static const char *const types[] = {"FAT32", "CDFS", "exFAT", "unknown", "", "ntfs"};
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        g_assert_false(trim("C:\\", types[i], &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
        g_clear_error(&error);
    }
    g_assert_cmpstr(calls->str, ==, "");
    support = OS_TRIM_NO;
    g_assert_false(trim("C:\\", "NTFS", &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
    g_assert_cmpstr(calls->str, ==, "support V\n");
}

static void assert_trim_says(const char *expected)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(trim("C:\\", "NTFS", &error));
    g_assert_nonnull(error);
    g_assert_cmpstr(error->message, ==, expected);
    g_assert_false(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED));
}

static void test_trim_fails(gpointer *unused, gconstpointer data)
{
    end = (OsRunResult){.end = {.value = 9}, .output = (char *)"the volume\r\nis dirty\r\n"};
    assert_trim_says("failed to trim: exit status 9: the volume; is dirty");
    end = (OsRunResult){.timed_out = TRUE};
    assert_trim_says("failed to trim: no end within 5 s");
    failure = "failed to execute 'defrag.exe': it is not there";
    assert_trim_says("failed to trim: failed to execute 'defrag.exe': it is not there");
}

#define ADD_TRIM(name, function)                                                                   \
    g_test_add("/mount/trim/" name, gpointer, NULL, trim_set_up, function, trim_tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mount/each-disk-of-a-volume-counts-once", test_extents);
    g_test_add_func("/mount/extents-that-did-not-come-are-not-read", test_broken_extents);
    g_test_add_func("/mount/a-quota-is-not-what-is-free", test_usage_of);
    g_test_add_func("/mount/the-system-volume-is-listed", test_list);
    g_test_add_func("/mount/one-mount-stands-for-a-volume", test_one_main);
    g_test_add_func("/mount/a-volume-tells-its-sizes", test_usage);
    g_test_add_func("/mount/a-volume-that-has-gone-tells-nothing", test_gone);
    g_test_add_func("/mount/a-volume-that-never-was-is-nowhere", test_volumes);
    ADD_TRIM("runs-the-system-s-program-for-the-path", test_trim_runs);
    ADD_TRIM("nothing-is-run-for-what-cannot", test_trim_unsupported);
    ADD_TRIM("says-how-it-failed", test_trim_fails);
    return g_test_run();
}
