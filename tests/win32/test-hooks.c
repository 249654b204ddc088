/* SPDX-License-Identifier: Apache-2.0 */
#include "os-hook-access.h"
#include "os-hooks.h"
#include "os-utf16.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sddl.h>
#include <string.h>

/* Who is who: the agent's user, another, Windows' installer. */
#define OWN       "S-1-5-21-1-2-3-1001"
#define OTHER     "S-1-5-21-1-2-3-1002"
#define INSTALLER "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"

#define FINE     NULL
#define WRITABLE "it is writable by others"

/* What Windows 10 puts on these. */
#define PROGRAM_FILES                                                                              \
    "O:" INSTALLER "D:PAI(A;;FA;;;" INSTALLER ")(A;CIIO;GA;;;" INSTALLER ")(A;;0x1301bf;;;SY)"     \
    "(A;OICIIO;GA;;;SY)(A;;0x1301bf;;;BA)(A;OICIIO;GA;;;BA)(A;;0x1200a9;;;BU)"                     \
    "(A;OICIIO;GXGR;;;BU)(A;OICIIO;GA;;;CO)(A;;0x1200a9;;;S-1-15-2-1)"
#define ROOT                                                                                       \
    "O:" INSTALLER "D:PAI(A;OICIIO;SDGXGWGR;;;AU)(A;;LC;;;AU)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"     \
    "(A;OICI;0x1200a9;;;BU)"
#define PROGRAM_DATA                                                                               \
    "O:SYD:AI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICIIO;GA;;;CO)(A;OICI;0x1200a9;;;BU)"             \
    "(A;CI;DCLCRPCR;;;BU)"

typedef struct {
    const char *sddl;
    const char *expected[3]; /* by place; NULL: fine */
} Case;

#define ALL(text)                                                                                  \
    {                                                                                              \
        text, text, text                                                                           \
    }

static const Case cases[] = {
    {PROGRAM_FILES, ALL(FINE)},
    {ROOT, {WRITABLE, WRITABLE, FINE}},
    {PROGRAM_DATA, {WRITABLE, WRITABLE, FINE}},
    {"O:BAD:", ALL(FINE)},
    {"O:" OWN "D:(A;;FA;;;" OWN ")(A;;FA;;;SY)(A;;FR;;;WD)", ALL(FINE)},
    {"O:SYD:(A;;GRGX;;;WD)(A;;0x1200a9;;;AN)", ALL(FINE)},

    /* owners */
    {"O:" OTHER "D:(A;;FA;;;SY)", ALL("it belongs to user " OTHER)},
    {"O:BUD:(A;;FA;;;SY)", ALL("it belongs to user S-1-5-32-545")},
    {"D:(A;;FA;;;SY)", ALL("it belongs to user unknown")},
    {"O:S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478465D:",
     ALL("it belongs to user S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478465")},

    /* rights, one by one */
    {"O:SYD:(A;;FA;;;" OTHER ")", ALL(WRITABLE)},
    {"O:SYD:(A;;GA;;;WD)", ALL(WRITABLE)},
    {"O:SYD:(A;;GW;;;WD)", {WRITABLE, WRITABLE, FINE}},
    {"O:SYD:(A;;FW;;;WD)", {WRITABLE, WRITABLE, FINE}},
    {"O:SYD:(A;;SD;;;BU)", ALL(WRITABLE)},
    {"O:SYD:(A;;WD;;;BU)", ALL(WRITABLE)},
    {"O:SYD:(A;;WO;;;BU)", ALL(WRITABLE)},
    {"O:SYD:(A;;0x2;;;BU)", {WRITABLE, WRITABLE, FINE}},
    {"O:SYD:(A;;0x4;;;BU)", {WRITABLE, WRITABLE, FINE}},
    {"O:SYD:(A;;0x10;;;BU)", {WRITABLE, FINE, FINE}},
    {"O:SYD:(A;;0x40;;;BU)", {FINE, WRITABLE, WRITABLE}},
    {"O:SYD:(A;;0x100;;;BU)", {WRITABLE, FINE, FINE}},
    {"O:SYD:(A;;RC;;;BU)", ALL(FINE)},

    /* entries that count, and that do not */
    {"O:SYD:(A;OICIIO;FA;;;WD)", ALL(FINE)},
    {"O:SYD:(A;OICIID;FA;;;WD)", ALL(WRITABLE)},
    {"O:SYD:(A;;FA;;;CO)(A;;FA;;;S-1-3-4)", ALL(FINE)},
    {"O:SYD:(D;;FA;;;WD)(A;;FR;;;WD)", ALL(FINE)},
    {"O:SYD:(D;;FA;;;WD)(A;;FA;;;WD)", ALL(WRITABLE)},
    {"O:SYD:(A;;FR;;;BU)(A;;FA;;;SY)(A;;FA;;;" OTHER ")", ALL(WRITABLE)},
    {"O:SY", ALL(WRITABLE)},
};

static PSID to_sid(const wchar_t *text)
{
    PSID sid = NULL;
    g_assert_true(ConvertStringSidToSidW(text, &sid));
    return sid;
}

static void assert_judged(PSECURITY_DESCRIPTOR descriptor, PSID own, OsHookPlace place,
                          const char *sddl, const char *expected)
{
    g_autoptr(GError) error = NULL;
    gboolean fine = os_hook_access_check(descriptor, own, place, "it", &error);
    const char *said = error ? error->message : NULL;

    if (g_strcmp0(said, expected) != 0)
        g_error("place %d of %s: %s instead of %s", place, sddl, said ? said : "fine",
                expected ? expected : "fine");
    g_assert_cmpint(fine, ==, expected == NULL);
    if (error)
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
}

static void test_access(void)
{
    PSID own = to_sid(L"" OWN);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree wchar_t *sddl = os_utf16(cases[i].sddl, NULL);
        PSECURITY_DESCRIPTOR descriptor = NULL;
        if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(sddl, SDDL_REVISION_1,
                                                                  &descriptor, NULL))
            g_error("%s: error %lu", cases[i].sddl, GetLastError());
        for (guint place = 0; place < 3; place++)
            assert_judged(descriptor, own, (OsHookPlace)place, cases[i].sddl,
                          cases[i].expected[place]);
        LocalFree(descriptor);
    }
    LocalFree(own);
}

/* Without a list that says who may, all may. */
static void test_no_list(void)
{
    SECURITY_DESCRIPTOR descriptor;
    PSID own = to_sid(L"" OWN), owner = to_sid(L"S-1-5-18");

    g_assert_true(InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION));
    g_assert_true(SetSecurityDescriptorOwner(&descriptor, owner, FALSE));
    assert_judged(&descriptor, own, OS_HOOK_FILE, "none", WRITABLE);
    g_assert_true(SetSecurityDescriptorDacl(&descriptor, TRUE, NULL, FALSE));
    assert_judged(&descriptor, own, OS_HOOK_ANCESTOR, "NULL", WRITABLE);
    LocalFree(own);
    LocalFree(owner);
}

/* An entry of a kind that is not known, or a conditional one, allows what it says. */
static void test_other_kinds_of_entries(void)
{
    static const struct {
        BYTE type;
        const char *expected;
    } kinds[] = {
        {ACCESS_ALLOWED_CALLBACK_ACE_TYPE, WRITABLE},
        {ACCESS_ALLOWED_COMPOUND_ACE_TYPE, WRITABLE},
        {0x7f, WRITABLE},
        {ACCESS_DENIED_CALLBACK_ACE_TYPE, FINE},
        {SYSTEM_AUDIT_ACE_TYPE, FINE},
    };
    PSID own = to_sid(L"" OWN);
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        PSECURITY_DESCRIPTOR descriptor = NULL;
        BOOL present, defaulted;
        PACL list;
        gpointer entry;
        g_assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorW(
            L"O:SYD:(A;;FA;;;WD)", SDDL_REVISION_1, &descriptor, NULL));
        g_assert_true(GetSecurityDescriptorDacl(descriptor, &present, &list, &defaulted));
        g_assert_true(GetAce(list, 0, &entry));
        ((ACE_HEADER *)entry)->AceType = kinds[i].type;
        assert_judged(descriptor, own, OS_HOOK_FILE, "changed", kinds[i].expected);
        LocalFree(descriptor);
    }
    LocalFree(own);
}

typedef struct {
    char *dir;
} Place;

static void place_make(Place *place, gconstpointer data)
{
    place->dir = g_dir_make_tmp("va-hooks-XXXXXX", NULL);
    g_assert_nonnull(place->dir);
}

static void place_drop(Place *place, gconstpointer data)
{
    g_autoptr(GDir) dir = g_dir_open(place->dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(place->dir, name, NULL);
        if (g_remove(path) != 0)
            g_rmdir(path);
    }
    g_clear_pointer(&dir, g_dir_close);
    g_rmdir(place->dir);
    g_free(place->dir);
}

static char *put(const Place *place, const char *name)
{
    char *path = g_build_filename(place->dir, name, NULL);
    g_assert_true(g_file_set_contents(path, "x", 1, NULL));
    g_chmod(path, 0600);
    return path;
}

/* Whether hooks in this directory may run at all is not for the test to say. */
static gboolean is_safe(const Place *place)
{
    g_autofree char *path = put(place, "probe.exe");
    g_autoptr(GError) error = NULL;
    gboolean safe = os_hook_check(path, &error);

    g_assert_no_errno(g_remove(path));
    if (!safe) {
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
        g_test_skip(error->message);
    }
    return safe;
}

static void assert_refused(const char *path, gint code, const char *part, const char *start)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(os_hook_check(path, &error));
    g_assert_error(error, G_IO_ERROR, code);
    g_assert_true(strstr(error->message, part) != NULL);
    g_assert_true(g_str_has_prefix(error->message, start));
}

static void test_kinds_of_paths(Place *place, gconstpointer data)
{
    static const char *const relative[] = {"",
                                           "x.exe",
                                           "\\x.exe",
                                           "C:x.exe",
                                           "/x.exe",
                                           "C:\\x.txt:y.exe",
                                           "\\\\server\\share\\x.exe",
                                           "\\\\?\\C:\\x.exe",
                                           "\\\\.\\NUL"};
    for (guint i = 0; i < G_N_ELEMENTS(relative); i++)
        assert_refused(relative[i], G_IO_ERROR_PERMISSION_DENIED, "is not an absolute path",
                       "hook '");
}

static void test_programs(Place *place, gconstpointer data)
{
    if (!is_safe(place))
        return;
    g_autofree char *batch = put(place, "a.CMD"), *text = put(place, "b.txt");
    g_autofree char *missing = g_build_filename(place->dir, "c.exe", NULL);
    g_autofree char *below = g_build_filename(batch, "d.exe", NULL);
    g_autofree char *forward = g_strdelimit(g_strdup(batch), "\\", '/');
    g_autoptr(GError) error = NULL;

    g_assert_true(os_hook_check(batch, &error));
    g_assert_true(os_hook_check(forward, &error));
    assert_refused(text, G_IO_ERROR_PERMISSION_DENIED, "is not executable", "hook '");
    assert_refused(place->dir, G_IO_ERROR_PERMISSION_DENIED, "is not a regular file", "hook '");
    assert_refused(missing, G_IO_ERROR_NOT_FOUND, missing, "failed to look at hook '");
    assert_refused(below, G_IO_ERROR_NOT_DIRECTORY, below, "failed to look at hook '");
}

static void test_list(Place *place, gconstpointer data)
{
    static const char *const names[] = {"b.exe",       "B2.cmd",     "10-z.bat", "9-a.EXE",
                                        ".hidden.exe", "README.txt", "x.exe~",   "x.exe.bak",
                                        "x.ps1",       "noending"};
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) all = g_string_new(NULL);
    if (!is_safe(place))
        return;

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        G_GNUC_UNUSED g_autofree char *path = put(place, names[i]);
    }
    g_autofree char *directory = g_build_filename(place->dir, "directory.exe", NULL);
    g_assert_no_errno(g_mkdir(directory, 0700));
    g_autoptr(GPtrArray) hooks = os_hooks_list(place->dir, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < hooks->len; i++) {
        g_autofree char *name = g_path_get_basename(g_ptr_array_index(hooks, i));
        g_string_append_printf(all, "%s ", name);
    }
    g_assert_cmpstr(all->str, ==, "10-z.bat 9-a.EXE B2.cmd b.exe ");
}

static void test_list_of_nothing(Place *place, gconstpointer data)
{
    g_autofree char *missing = g_build_filename(place->dir, "no", "such", NULL);
    g_autofree char *file = put(place, "file");
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) empty = os_hooks_list(place->dir, &error);
    g_autoptr(GPtrArray) none = os_hooks_list(missing, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(empty->len, ==, 0);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_null(os_hooks_list(file, &error));
    g_assert_true(g_str_has_prefix(error->message, "failed to look for hooks in '"));
}

#define ADD(name, function)                                                                        \
    g_test_add("/hooks/" name, Place, NULL, place_make, function, place_drop)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hooks/access/is-for-those-who-rule-anyway", test_access);
    g_test_add_func("/hooks/access/no-list-is-open-to-all", test_no_list);
    g_test_add_func("/hooks/access/unknown-entries-allow", test_other_kinds_of_entries);
    ADD("only-absolute-paths", test_kinds_of_paths);
    ADD("only-programs-can-run", test_programs);
    ADD("list-is-sorted-programs", test_list);
    ADD("list-of-nothing-is-empty", test_list_of_nothing);
    return g_test_run();
}
