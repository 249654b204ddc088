/* SPDX-License-Identifier: Apache-2.0 */

/* The requester, against a stand-in for VSS that runs the provider's own code. */

#include "fake-vss.h"
#include "os-vss-components.h"
#include "os-vss-hold.h"
#include "os-vss-type.h"
#include "vss-hold.h"
#include "vss-names.h"

#include <aclapi.h>
#include <gio/gio.h>
#include <sddl.h>
#include <string.h>

#define KEY L"SOFTWARE\\virtagent-test-vss"

static const wchar_t *const settings[] = {L"SOFTWARE\\virtagent-test-no-such-key", KEY, NULL};

static const OsVssSystem quick = {
    .create = fake_vss_create,
    .settings = settings,
    .freeze_ms = 20000,
    .retry_ms = 20000,
    .end_ms = 20000,
    .slice_ms = 5,
};

static OsVssOrder *order_new(gboolean with_writers, gboolean whole)
{
    static const wchar_t volume[] = L"\\\\?\\Volume{0}\\";
    OsVssOrder *order = g_new0(OsVssOrder, 1);

    order->volumes = g_ptr_array_new_with_free_func(g_free);
    order->names = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(order->volumes, g_memdup2(volume, sizeof volume));
    g_ptr_array_add(order->names, g_strdup("C:\\"));
    order->type = VSS_BT_COPY;
    order->with_writers = with_writers;
    order->whole = whole;
    return order;
}

/* The full name that an event of the last freeze has or had; free with g_free(). */
static wchar_t *event_name(const wchar_t *which)
{
    g_autofree wchar_t *name = g_new(wchar_t, VSS_EVENT_NAME_MAX);
    wchar_t freeze[VSS_FREEZE_NAME_MAX] = L"";
    DWORD size = sizeof freeze;

    RegGetValueW(HKEY_LOCAL_MACHINE, VSS_FREEZE_KEY, VSS_FREEZE_VALUE, RRF_RT_REG_SZ, NULL, freeze,
                 &size);
    vss_event_name(name, freeze, which);
    return g_steal_pointer(&name);
}

/* No event left, nothing held, nothing not released. */
static void assert_clean(void)
{
    static const wchar_t *const events[] = {VSS_EVENT_FROZEN, VSS_EVENT_THAW, VSS_EVENT_EXPIRED};

    for (gsize i = 0; i < G_N_ELEMENTS(events); i++) {
        g_autofree wchar_t *name = event_name(events[i]);
        g_assert_null(OpenEventW(SYNCHRONIZE, FALSE, name));
    }
    g_assert_cmpint(g_atomic_int_get(&fake_vss.holding), ==, 0);
    g_assert_cmpint(g_atomic_int_get(&fake_vss.objects), ==, 0);
    g_assert_false(vss_hold_is_wanted());
}

static void test_whole_order_of_calls(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *calls = NULL;

    fake_vss_reset();
    g_autoptr(OsVssHold) hold = os_vss_hold_new(&quick, order_new(TRUE, TRUE), NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(hold);
    g_assert_cmpint(g_atomic_int_get(&fake_vss.holding), ==, 1);
    g_assert_cmpint(os_vss_hold_release(hold, &error), ==, OS_FREEZE_DONE);
    g_assert_no_error(error);
    calls = fake_vss_calls();
    g_assert_cmpstr(calls, ==,
                    "Create InitializeForBackup SetContext SetBackupState GatherWriterMetadata "
                    "AddComponent(Top) AddComponent(Alone) FreeWriterMetadata StartSnapshotSet "
                    "AddToSnapshotSet PrepareForBackup GatherWriterStatus FreeWriterStatus "
                    "DoSnapshotSet GatherWriterStatus FreeWriterStatus SetBackupSucceeded(Top,1) "
                    "SetBackupSucceeded(Alone,1) BackupComplete GatherWriterStatus "
                    "FreeWriterStatus ");
    g_assert_true(fake_vss.ours);
    g_assert_true(fake_vss.by_component);
    g_assert_cmpint(fake_vss.type, ==, VSS_BT_COPY);
    g_assert_cmpint(fake_vss.context & VSS_VOLSNAP_ATTR_NO_WRITERS, ==, 0);
    assert_clean();
}

static void test_writers_can_be_left_out(void)
{
    g_autofree char *calls = NULL;

    fake_vss_reset();
    g_autoptr(OsVssHold) hold = os_vss_hold_new(&quick, order_new(FALSE, TRUE), NULL, NULL);
    g_assert_nonnull(hold);
    g_assert_cmpint(os_vss_hold_release(hold, NULL), ==, OS_FREEZE_DONE);
    calls = fake_vss_calls();
    g_assert_cmpstr(calls, ==,
                    "Create InitializeForBackup SetContext SetBackupState StartSnapshotSet "
                    "AddToSnapshotSet DoSnapshotSet ");
    g_assert_cmpint(fake_vss.context & VSS_VOLSNAP_ATTR_NO_WRITERS, !=, 0);
    assert_clean();
}

static void test_some_volumes_are_no_backup_by_component(void)
{
    g_autofree char *calls = NULL;

    fake_vss_reset();
    g_autoptr(OsVssHold) hold = os_vss_hold_new(&quick, order_new(TRUE, FALSE), NULL, NULL);
    g_assert_nonnull(hold);
    g_assert_cmpint(os_vss_hold_release(hold, NULL), ==, OS_FREEZE_DONE);
    calls = fake_vss_calls();
    g_assert_null(strstr(calls, "AddComponent"));
    g_assert_nonnull(strstr(calls, "PrepareForBackup"));
    g_assert_false(fake_vss.by_component);
    assert_clean();
}

static void test_each_failure_leaves_nothing(void)
{
    static const struct {
        const char *call;
        HRESULT code;
        const char *text;
    } failures[] = {
        {"Create", E_NOTIMPL, "fsfreeze not possible as VSS failed to initialize: "},
        {"InitializeForBackup", VSS_E_UNEXPECTED, "fsfreeze not possible as VSS failed to init"},
        {"SetContext", VSS_E_UNSUPPORTED_CONTEXT, "failed to set backup context: "},
        {"SetBackupState", VSS_E_BAD_STATE, "failed to set backup state: "},
        {"GatherWriterMetadata", VSS_E_UNEXPECTED, "failed to gather writer metadata: "},
        {"GatherWriterMetadataAsync", VSS_E_WRITER_INFRASTRUCTURE, "failed to gather writer meta"},
        {"StartSnapshotSet", VSS_E_UNEXPECTED, "failed to start snapshot set: "},
        {"AddToSnapshotSet", VSS_E_VOLUME_NOT_SUPPORTED, "failed to add C:\\ to snapshot set: "},
        {"AddToSnapshotSet", VSS_E_PROVIDER_NOT_REGISTERED, "fsfreeze not possible as VSS failed"},
        {"PrepareForBackup", VSS_E_BAD_STATE, "failed to prepare for backup: "},
        {"PrepareForBackupAsync", VSS_E_UNEXPECTED_WRITER_ERROR, "failed to prepare for backup: "},
        {"GatherWriterStatusAsync", VSS_E_UNEXPECTED, "failed to gather writer status: "},
        {"DoSnapshotSet", VSS_E_BAD_STATE, "failed to do snapshot set: "},
        {"DoSnapshotSetAsync", VSS_E_INSUFFICIENT_STORAGE, "failed to do snapshot set: "},
        {"DoSnapshotSetAsync", VSS_S_ASYNC_FINISHED, "failed to do snapshot set: "},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(failures); i++) {
        g_autoptr(GError) error = NULL;
        fake_vss_reset();
        fake_vss.fail_at = failures[i].call;
        fake_vss.fail_code = failures[i].code;
        fake_vss.fail_times = -1;
        g_assert_null(os_vss_hold_new(&quick, order_new(TRUE, TRUE), NULL, &error));
        g_test_message("%s: %s", failures[i].call, error->message);
        g_assert_true(g_str_has_prefix(error->message, failures[i].text));
        g_autofree char *calls = fake_vss_calls();
        if (i > 0)
            g_assert_true(g_str_has_suffix(calls, "AbortBackup "));
        assert_clean();
    }
}

static void test_client_editions_have_another_context(void)
{
    fake_vss_reset();
    fake_vss.fail_at = "SetContext";
    fake_vss.fail_code = VSS_E_UNSUPPORTED_CONTEXT;
    fake_vss.fail_times = 1;
    g_autoptr(OsVssHold) hold = os_vss_hold_new(&quick, order_new(TRUE, TRUE), NULL, NULL);
    g_assert_nonnull(hold);
    g_assert_cmpint(fake_vss.context & VSS_VOLSNAP_ATTR_TRANSPORTABLE, ==, 0);
    g_assert_cmpint(os_vss_hold_release(hold, NULL), ==, OS_FREEZE_DONE);
    assert_clean();
}

static void test_busy_vss_is_asked_again(void)
{
    static const HRESULT codes[] = {VSS_E_SNAPSHOT_SET_IN_PROGRESS, VSS_E_FLUSH_WRITES_TIMEOUT};
    static const char *const at[] = {"StartSnapshotSet", "DoSnapshotSetAsync"};

    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++) {
        g_autoptr(GError) error = NULL;
        fake_vss_reset();
        fake_vss.fail_at = at[i];
        fake_vss.fail_code = codes[i];
        fake_vss.fail_times = 2;
        g_autoptr(OsVssHold) hold = os_vss_hold_new(&quick, order_new(FALSE, TRUE), NULL, &error);
        g_assert_no_error(error);
        g_autofree char *calls = fake_vss_calls();
        g_auto(GStrv) parts = g_strsplit(calls, "AbortBackup", -1);
        g_assert_cmpuint(g_strv_length(parts), ==, 3);
        g_assert_null(strstr(calls, "not-wanted"));
        g_assert_null(strstr(calls, "wanted-too-early"));
        g_assert_cmpint(os_vss_hold_release(hold, NULL), ==, OS_FREEZE_DONE);
        assert_clean();
    }
}

static void test_busy_vss_is_not_asked_for_ever(void)
{
    OsVssSystem impatient = quick;
    g_autoptr(GError) error = NULL;

    impatient.retry_ms = 60;
    fake_vss_reset();
    fake_vss.fail_at = "StartSnapshotSet";
    fake_vss.fail_code = VSS_E_SNAPSHOT_SET_IN_PROGRESS;
    fake_vss.fail_times = -1;
    g_assert_null(os_vss_hold_new(&impatient, order_new(TRUE, TRUE), NULL, &error));
    g_assert_cmpstr(error->message, ==,
                    "failed to start snapshot set: another backup is under way");
    assert_clean();
}

static void test_freeze_that_expired_is_told(void)
{
    g_autoptr(GError) error = NULL;

    fake_vss_reset();
    fake_vss.hold_ms = 20;
    g_autoptr(OsVssHold) hold = os_vss_hold_new(&quick, order_new(TRUE, TRUE), NULL, &error);
    g_assert_no_error(error);
    while (g_atomic_int_get(&fake_vss.holding))
        g_thread_yield();
    g_assert_cmpint(os_vss_hold_release(hold, &error), ==, OS_FREEZE_BROKEN);
    g_assert_cmpstr(error->message, ==,
                    "couldn't hold writes: fsfreeze is limited up to 10 seconds");
    g_autofree char *calls = fake_vss_calls();
    g_assert_null(strstr(calls, "SetBackupSucceeded"));
    g_assert_true(g_str_has_suffix(calls, "AbortBackup "));
    assert_clean();
}

static void test_end_of_the_snapshot_decides(void)
{
    static const struct {
        HRESULT code;
        OsFreezeOutcome outcome;
        const char *text;
    } ends[] = {
        {VSS_E_OBJECT_NOT_FOUND, OS_FREEZE_DONE, NULL},
        {VSS_E_HOLD_WRITES_TIMEOUT, OS_FREEZE_BROKEN,
         "couldn't hold writes: fsfreeze is limited up to 10 seconds"},
        {VSS_E_UNEXPECTED, OS_FREEZE_BROKEN,
         "failed to do snapshot set: unexpected error, see the event log"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autoptr(GError) error = NULL;
        fake_vss_reset();
        fake_vss.end_code = ends[i].code;
        g_autoptr(OsVssHold) hold = os_vss_hold_new(&quick, order_new(TRUE, TRUE), NULL, NULL);
        g_assert_nonnull(hold);
        g_assert_cmpint(os_vss_hold_release(hold, &error), ==, ends[i].outcome);
        g_assert_cmpstr(error ? error->message : NULL, ==, ends[i].text);
        g_autofree char *calls = fake_vss_calls();
        g_assert_null(strstr(calls, "BackupComplete")); /* MSDN: not after a failure */
        g_assert_true(g_str_has_suffix(calls, "AbortBackup "));
        assert_clean();
    }
}

typedef struct {
    const char *at; /* once this has been called */
    gint done;      /* atomic */
} GiveUp;

static gpointer give_up(gpointer data)
{
    GiveUp *order = data;
    g_autofree char *calls = NULL;

    do {
        g_free(g_steal_pointer(&calls));
        calls = fake_vss_calls();
        g_thread_yield();
    } while (!strstr(calls, order->at));
    g_atomic_int_set(&order->done, 1);
    return NULL;
}

static void test_giving_up_ends_the_wait(void)
{
    g_autoptr(GError) error = NULL;
    GiveUp order = {.at = "DoSnapshotSet"};
    gint64 began = g_get_monotonic_time();

    fake_vss_reset();
    fake_vss.never_holds = TRUE;
    GThread *thread = g_thread_new("give-up", give_up, &order);
    g_assert_null(os_vss_hold_new(&quick, order_new(TRUE, TRUE), &order.done, &error));
    g_thread_join(thread);
    g_assert_cmpint(g_get_monotonic_time() - began, <, 10 * G_USEC_PER_SEC);
    g_assert_cmpstr(error->message, ==, "failed to do snapshot set: it was given up");
    assert_clean();
}

/* The agent is to end, and VSS is stuck in a call. */
static void test_giving_up_is_not_held_up_by_vss(void)
{
    OsVssSystem slow = quick;
    g_autoptr(GError) error = NULL;
    GiveUp order = {.at = "Create"};
    gint64 began = g_get_monotonic_time();

    slow.end_ms = 50;
    fake_vss_reset();
    g_atomic_int_set(&fake_vss.stuck, 1);
    GThread *thread = g_thread_new("give-up", give_up, &order);
    g_assert_null(os_vss_hold_new(&slow, order_new(TRUE, TRUE), &order.done, &error));
    g_thread_join(thread);
    g_assert_cmpstr(error->message, ==, "failed to freeze: VSS does not answer");
    g_assert_cmpint(g_get_monotonic_time() - began, <, 10 * G_USEC_PER_SEC);
    g_atomic_int_set(&fake_vss.stuck, 0);
    while (g_atomic_int_get(&fake_vss.objects) > 0)
        g_thread_yield();
    assert_clean();
}

static void test_vss_that_never_holds_is_given_up(void)
{
    OsVssSystem impatient = quick;
    g_autoptr(GError) error = NULL;

    impatient.freeze_ms = 50;
    fake_vss_reset();
    fake_vss.never_holds = TRUE;
    g_assert_null(os_vss_hold_new(&impatient, order_new(TRUE, TRUE), NULL, &error));
    g_assert_true(g_str_has_prefix(error->message, "failed to do snapshot set: "));
    assert_clean();
}

static gpointer release(gpointer data)
{
    return GINT_TO_POINTER(os_vss_hold_release(data, NULL));
}

static void test_any_thread_can_thaw(void)
{
    fake_vss_reset();
    g_autoptr(OsVssHold) hold = os_vss_hold_new(&quick, order_new(TRUE, TRUE), NULL, NULL);
    g_assert_nonnull(hold);
    GThread *thread = g_thread_new("watchdog", release, hold);
    g_assert_cmpint(GPOINTER_TO_INT(g_thread_join(thread)), ==, OS_FREEZE_DONE);
    g_assert_cmpint(os_vss_hold_release(hold, NULL), ==, OS_FREEZE_DONE);
    assert_clean();
}

static void test_vss_that_never_ends_is_left_behind(void)
{
    OsVssSystem impatient = quick;
    g_autoptr(GError) error = NULL;

    impatient.end_ms = 50;
    fake_vss_reset();
    fake_vss.never_ends = TRUE;
    OsVssHold *hold = os_vss_hold_new(&impatient, order_new(TRUE, TRUE), NULL, NULL);
    g_assert_nonnull(hold);
    g_assert_cmpint(os_vss_hold_release(hold, &error), ==, OS_FREEZE_BROKEN);
    g_assert_true(g_str_has_prefix(error->message, "failed to "));
    g_assert_cmpint(g_atomic_int_get(&fake_vss.holding), ==, 0);
    os_vss_hold_free(hold);
    g_atomic_int_set(&fake_vss.ends, 1);
    while (g_atomic_int_get(&fake_vss.objects) > 0)
        g_thread_yield();
    assert_clean();
}

static void test_forgotten_hold_is_let_go(void)
{
    fake_vss_reset();
    OsVssHold *hold = os_vss_hold_new(&quick, order_new(TRUE, TRUE), NULL, NULL);
    g_assert_nonnull(hold);
    os_vss_hold_free(hold);
    while (g_atomic_int_get(&fake_vss.objects) > 0)
        g_thread_yield();
    assert_clean();
}

/* Otherwise who knows the name of the last freeze could keep us from the next. */
static void test_each_freeze_has_a_name_of_its_own(void)
{
    OsVssEvents first = {0}, second = {0};

    g_assert_cmphex(os_vss_events_open(&first), ==, S_OK);
    g_autofree wchar_t *name = event_name(VSS_EVENT_THAW);
    g_assert_cmphex(os_vss_events_open(&second), ==, S_OK);
    g_autofree wchar_t *other = event_name(VSS_EVENT_THAW);
    g_test_message("%ls, %ls", name, other);
    g_assert_cmpint(wcscmp(name, other), !=, 0);
    os_vss_events_close(&first);
    g_assert_true(vss_hold_is_wanted());
    os_vss_events_close(&second);
    g_assert_false(vss_hold_is_wanted());
}

static void test_events_are_for_administrators_only(void)
{
    OsVssEvents events = {0};
    PSECURITY_DESCRIPTOR descriptor = NULL;
    wchar_t *text = NULL;

    g_assert_cmphex(os_vss_events_open(&events), ==, S_OK);
    DWORD got = GetSecurityInfo(events.thaw, SE_KERNEL_OBJECT,
                                OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, NULL, NULL,
                                NULL, NULL, &descriptor);
    g_assert_cmpuint(got, ==, ERROR_SUCCESS);
    g_assert_true(ConvertSecurityDescriptorToStringSecurityDescriptorW(
        descriptor, SDDL_REVISION_1, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &text,
        NULL));
    g_test_message("%ls", text);
    g_assert_true(wcsncmp(text, L"O:BAD:", 6) == 0);
    g_assert_nonnull(wcsstr(text, L";;;SY)"));
    g_assert_nonnull(wcsstr(text, L";;;BA)"));
    guint entries = 0;
    for (const wchar_t *at = text; (at = wcschr(at, L'(')); at++)
        entries++;
    g_assert_cmpuint(entries, ==, 2);
    LocalFree(text);
    LocalFree(descriptor);
    os_vss_events_close(&events);
}

static void test_writers_are_told_of(void)
{
    fake_vss_reset();
    fake_vss.state = VSS_WS_FAILED_AT_FREEZE;
    fake_vss.writer_failure = VSS_E_WRITERERROR_TIMEOUT;
    g_autoptr(OsVssHold) hold = os_vss_hold_new(&quick, order_new(TRUE, TRUE), NULL, NULL);
    g_assert_nonnull(hold);
    g_assert_cmpint(os_vss_hold_release(hold, NULL), ==, OS_FREEZE_DONE);
    g_autoptr(GPtrArray) writers = os_freeze_writers();
    g_assert_cmpuint(writers->len, ==, 1);
    const OsFreezeWriter *writer = writers->pdata[0];
    g_assert_cmpstr(writer->name, ==, "TestWriter");
    g_assert_cmpstr(writer->id, ==, "{11111111-2222-3333-4444-555555555555}");
    g_assert_cmpstr(writer->state, ==, "failed at freeze");
    g_assert_cmpstr(writer->problem, ==, "it took too long between freeze and thaw");
}

static void test_writers_of_the_last_freeze_are_forgotten(void)
{
    test_writers_are_told_of();
    fake_vss_reset();
    g_autoptr(OsVssHold) hold = os_vss_hold_new(&quick, order_new(FALSE, TRUE), NULL, NULL);
    g_assert_nonnull(hold);
    g_autoptr(GPtrArray) writers = os_freeze_writers();
    g_assert_cmpuint(writers->len, ==, 0);
    os_vss_hold_release(hold, NULL);
}

static void set_option(DWORD value)
{
    LSTATUS status =
        RegSetKeyValueW(HKEY_LOCAL_MACHINE, KEY, L"VssOption", REG_DWORD, &value, sizeof value);
    g_assert_cmpint(status, ==, ERROR_SUCCESS);
}

static void test_backup_type(void)
{
    RegDeleteTreeW(HKEY_LOCAL_MACHINE, KEY);
    g_assert_cmpint(os_vss_type(OS_BACKUP_DEFAULT, settings), ==, VSS_BT_COPY);
    set_option(VSS_BT_FULL);
    g_assert_cmpint(os_vss_type(OS_BACKUP_DEFAULT, settings), ==, VSS_BT_FULL);
    g_assert_cmpint(os_vss_type(OS_BACKUP_COPY, settings), ==, VSS_BT_COPY);
    g_assert_cmpint(os_vss_type(OS_BACKUP_LOG, settings), ==, VSS_BT_LOG);
    set_option(VSS_BT_DIFFERENTIAL);
    g_assert_cmpint(os_vss_type(OS_BACKUP_DEFAULT, settings), ==, VSS_BT_DIFFERENTIAL);
    set_option(4711);
    g_assert_cmpint(os_vss_type(OS_BACKUP_DEFAULT, settings), ==, VSS_BT_COPY);
    set_option(VSS_BT_UNDEFINED);
    g_assert_cmpint(os_vss_type(OS_BACKUP_DEFAULT, settings), ==, VSS_BT_COPY);
    RegSetKeyValueW(HKEY_LOCAL_MACHINE, KEY, L"VssOption", REG_SZ, L"1", 4);
    g_assert_cmpint(os_vss_type(OS_BACKUP_DEFAULT, settings), ==, VSS_BT_COPY);
    RegDeleteTreeW(HKEY_LOCAL_MACHINE, KEY);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vss/whole-order-of-calls", test_whole_order_of_calls);
    g_test_add_func("/vss/writers-can-be-left-out", test_writers_can_be_left_out);
    g_test_add_func("/vss/some-volumes-are-no-backup-by-component",
                    test_some_volumes_are_no_backup_by_component);
    g_test_add_func("/vss/each-failure-leaves-nothing", test_each_failure_leaves_nothing);
    g_test_add_func("/vss/client-editions-have-another-context",
                    test_client_editions_have_another_context);
    g_test_add_func("/vss/busy-vss-is-asked-again", test_busy_vss_is_asked_again);
    g_test_add_func("/vss/busy-vss-is-not-asked-for-ever", test_busy_vss_is_not_asked_for_ever);
    g_test_add_func("/vss/freeze-that-expired-is-told", test_freeze_that_expired_is_told);
    g_test_add_func("/vss/end-of-the-snapshot-decides", test_end_of_the_snapshot_decides);
    g_test_add_func("/vss/giving-up-ends-the-wait", test_giving_up_ends_the_wait);
    g_test_add_func("/vss/giving-up-is-not-held-up-by-vss", test_giving_up_is_not_held_up_by_vss);
    g_test_add_func("/vss/vss-that-never-holds-is-given-up", test_vss_that_never_holds_is_given_up);
    g_test_add_func("/vss/any-thread-can-thaw", test_any_thread_can_thaw);
    g_test_add_func("/vss/vss-that-never-ends-is-left-behind",
                    test_vss_that_never_ends_is_left_behind);
    g_test_add_func("/vss/forgotten-hold-is-let-go", test_forgotten_hold_is_let_go);
    g_test_add_func("/vss/each-freeze-has-a-name-of-its-own",
                    test_each_freeze_has_a_name_of_its_own);
    g_test_add_func("/vss/events-are-for-administrators-only",
                    test_events_are_for_administrators_only);
    g_test_add_func("/vss/writers-are-told-of", test_writers_are_told_of);
    g_test_add_func("/vss/writers-of-the-last-freeze-are-forgotten",
                    test_writers_of_the_last_freeze_are_forgotten);
    g_test_add_func("/vss/backup-type", test_backup_type);
    return g_test_run();
}
