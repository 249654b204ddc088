/* SPDX-License-Identifier: Apache-2.0 */

/* The provider, as COM and VSS use it: the DLL itself. */

#define COBJMACROS
#include "os-utf16.h"
#include "os-vss-events.h"
#include "vss-hold.h"
#include "vss-names.h"

#include <oleauto.h>
#include <sddl.h>
#include <vsprov.h>

typedef HRESULT(WINAPI *GetClassObject)(REFCLSID class_id, REFIID id, void **object);
typedef HRESULT(WINAPI *CanUnload)(void);

typedef struct {
    HMODULE module;
    wchar_t *path;
    IClassFactory *factory;
    IVssSoftwareSnapshotProvider *provider;
    IVssProviderCreateSnapshotSet *set;
} Fixture;

static FARPROC function(const Fixture *fixture, const char *name)
{
    FARPROC found = GetProcAddress(fixture->module, name);
    g_assert_nonnull(found);
    return found;
}

static void set_up(Fixture *fixture, gconstpointer unused)
{
    fixture->path = os_utf16(g_getenv("VSS_PROVIDER"), NULL);
    fixture->module = LoadLibraryW(fixture->path);
    g_assert_nonnull(fixture->module);
    GetClassObject get = (GetClassObject)(void *)function(fixture, "DllGetClassObject");
    g_assert_cmphex(get(&IID_IUnknown, &IID_IClassFactory, (void **)&fixture->factory), ==,
                    CLASS_E_CLASSNOTAVAILABLE);
    g_assert_cmphex(get(&VSS_PROVIDER_CLASS_ID, &IID_IClassFactory, (void **)&fixture->factory), ==,
                    S_OK);
    g_assert_cmphex(IClassFactory_CreateInstance(fixture->factory, NULL,
                                                 &IID_IVssSoftwareSnapshotProvider,
                                                 (void **)&fixture->provider),
                    ==, S_OK);
    g_assert_cmphex(IVssSoftwareSnapshotProvider_QueryInterface(fixture->provider,
                                                                &IID_IVssProviderCreateSnapshotSet,
                                                                (void **)&fixture->set),
                    ==, S_OK);
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
    CanUnload can_unload = (CanUnload)(void *)function(fixture, "DllCanUnloadNow");

    g_assert_cmphex(can_unload(), ==, S_FALSE);
    IVssProviderCreateSnapshotSet_Release(fixture->set);
    g_assert_cmpuint(IVssSoftwareSnapshotProvider_Release(fixture->provider), ==, 0);
    g_assert_cmphex(can_unload(), ==, S_OK);
    g_assert_true(FreeLibrary(fixture->module));
    g_free(fixture->path);
}

static gboolean is_supported(const Fixture *fixture)
{
    wchar_t volume[] = L"C:\\";
    WINBOOL supported = 2;

    g_assert_cmphex(
        IVssSoftwareSnapshotProvider_IsVolumeSupported(fixture->provider, volume, &supported), ==,
        S_OK);
    return supported;
}

static void test_serves_the_agent_only(Fixture *fixture, gconstpointer unused)
{
    const VSS_ID any = {0};
    OsVssEvents events = {0};
    wchar_t volume[] = L"C:\\";

    g_assert_false(is_supported(fixture));
    g_assert_cmphex(
        IVssSoftwareSnapshotProvider_BeginPrepareSnapshot(fixture->provider, any, any, volume, 0),
        ==, VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER);
    g_assert_cmphex(IVssProviderCreateSnapshotSet_PreCommitSnapshots(fixture->set, any), ==,
                    VSS_E_PROVIDER_VETO);
    g_assert_cmphex(IVssProviderCreateSnapshotSet_CommitSnapshots(fixture->set, any), ==,
                    VSS_E_PROVIDER_VETO);
    g_assert_cmphex(os_vss_events_open(&events), ==, S_OK);
    g_assert_true(is_supported(fixture));
    SetEvent(events.thaw);
    g_assert_false(is_supported(fixture));
    os_vss_events_close(&events);
    g_assert_false(is_supported(fixture));
}

/* What a user can do who has read the name of a freeze that is over. */
static void test_event_of_a_user_is_not_the_agents(Fixture *fixture, gconstpointer unused)
{
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security};
    wchar_t freeze[] = L"made by a user", name[VSS_EVENT_NAME_MAX];
    OsVssEvents events = {0};

    g_assert_cmphex(os_vss_events_open(&events), ==, S_OK);
    os_vss_events_close(&events);
    g_assert_cmpint(RegSetKeyValueW(HKEY_LOCAL_MACHINE, VSS_FREEZE_KEY, VSS_FREEZE_VALUE, REG_SZ,
                                    freeze, sizeof freeze),
                    ==, ERROR_SUCCESS);
    g_assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorW(
        L"O:BUD:P(A;;GA;;;WD)", SDDL_REVISION_1, &security.lpSecurityDescriptor, NULL));
    vss_event_name(name, freeze, VSS_EVENT_THAW);
    HANDLE event = CreateEventW(&security, TRUE, FALSE, name);

    LocalFree(security.lpSecurityDescriptor);
    if (!event) {
        g_test_skip("an event cannot be given to the users");
        return;
    }
    g_assert_false(is_supported(fixture));
    CloseHandle(event);
}

static void test_has_no_snapshots(Fixture *fixture, gconstpointer unused)
{
    const VSS_ID any = {0};
    VSS_SNAPSHOT_PROP properties;
    IVssEnumObject *objects = NULL;
    VSS_OBJECT_PROP object;
    ULONG fetched = 1;
    WINBOOL present = TRUE;
    LONG compatibility = 1;
    wchar_t volume[] = L"C:\\";

    g_assert_cmphex(
        IVssSoftwareSnapshotProvider_GetSnapshotProperties(fixture->provider, any, &properties), ==,
        VSS_E_OBJECT_NOT_FOUND);
    g_assert_cmphex(IVssSoftwareSnapshotProvider_Query(fixture->provider, any, VSS_OBJECT_NONE,
                                                       VSS_OBJECT_SNAPSHOT, &objects),
                    ==, S_OK);
    g_assert_cmphex(IVssEnumObject_Next(objects, 1, &object, &fetched), ==, S_FALSE);
    g_assert_cmpuint(fetched, ==, 0);
    IVssEnumObject_Release(objects);
    g_assert_cmphex(IVssSoftwareSnapshotProvider_IsVolumeSnapshotted(fixture->provider, volume,
                                                                     &present, &compatibility),
                    ==, S_OK);
    g_assert_false(present);
    g_assert_cmpint(compatibility, ==, 0);
}

/* Nothing is looked up any more once writes are held. */
static void test_commit_needs_no_registry(Fixture *fixture, gconstpointer unused)
{
    const VSS_ID any = {0};
    OsVssEvents events = {0};

    g_assert_cmphex(os_vss_events_open(&events), ==, S_OK);
    g_assert_cmphex(IVssProviderCreateSnapshotSet_PreCommitSnapshots(fixture->set, any), ==, S_OK);
    g_assert_cmpint(RegDeleteTreeW(HKEY_LOCAL_MACHINE, VSS_FREEZE_KEY), ==, ERROR_SUCCESS);
    SetEvent(events.thaw);
    g_assert_cmphex(IVssProviderCreateSnapshotSet_CommitSnapshots(fixture->set, any), ==, S_OK);
    g_assert_true(os_vss_event_is_set(events.frozen));
    os_vss_events_close(&events);
}

static gpointer commit(gpointer data)
{
    const Fixture *fixture = data;
    const VSS_ID any = {0};
    return GINT_TO_POINTER(IVssProviderCreateSnapshotSet_CommitSnapshots(fixture->set, any));
}

static void test_commit_waits_for_the_thaw(Fixture *fixture, gconstpointer unused)
{
    const VSS_ID any = {0};
    OsVssEvents events = {0};

    g_assert_cmphex(os_vss_events_open(&events), ==, S_OK);
    g_assert_cmphex(IVssProviderCreateSnapshotSet_PreCommitSnapshots(fixture->set, any), ==, S_OK);
    GThread *thread = g_thread_new("vss", commit, fixture);
    g_assert_cmpuint(WaitForSingleObject(events.frozen, 9000), ==, WAIT_OBJECT_0);
    g_assert_true(SetEvent(events.thaw));
    g_assert_cmphex(GPOINTER_TO_INT(g_thread_join(thread)), ==, S_OK);
    g_assert_false(os_vss_event_is_set(events.expired));
    os_vss_events_close(&events);
}

static void test_commit_does_not_wait_for_ever(void)
{
    OsVssEvents events = {0};
    VssHold hold = {0};

    g_assert_cmphex(os_vss_events_open(&events), ==, S_OK);
    g_assert_true(vss_hold_open(&hold));
    g_assert_cmphex(vss_hold_wait(&hold, 10), ==, E_ABORT);
    vss_hold_close(&hold);
    g_assert_true(os_vss_event_is_set(events.frozen));
    g_assert_true(os_vss_event_is_set(events.expired));
    os_vss_events_close(&events);
}

static void test_library_is_in_the_dll(Fixture *fixture, gconstpointer unused)
{
    ITypeLib *library = NULL;
    ITypeInfo *info = NULL;

    g_assert_cmphex(LoadTypeLibEx(fixture->path, REGKIND_NONE, &library), ==, S_OK);
    g_assert_cmphex(ITypeLib_GetTypeInfoOfGuid(library, &VSS_PROVIDER_CLASS_ID, &info), ==, S_OK);
    ITypeInfo_Release(info);
    ITypeLib_Release(library);
}

static void test_class_is_registered_and_taken_back(Fixture *fixture, gconstpointer unused)
{
    CanUnload add = (CanUnload)(void *)function(fixture, "DllRegisterServer");
    CanUnload take = (CanUnload)(void *)function(fixture, "DllUnregisterServer");
    IUnknown *object = NULL;

    g_assert_cmphex(CoInitializeEx(NULL, COINIT_MULTITHREADED), ==, S_OK);
    g_assert_cmphex(add(), ==, S_OK);
    g_assert_cmphex(CoCreateInstance(&VSS_PROVIDER_CLASS_ID, NULL, CLSCTX_INPROC_SERVER,
                                     &IID_IVssProviderNotifications, (void **)&object),
                    ==, S_OK);
    IUnknown_Release(object);
    g_assert_cmphex(take(), ==, S_OK);
    g_assert_cmphex(take(), ==, S_OK);
    g_assert_cmphex(CoCreateInstance(&VSS_PROVIDER_CLASS_ID, NULL, CLSCTX_INPROC_SERVER,
                                     &IID_IUnknown, (void **)&object),
                    ==, REGDB_E_CLASSNOTREG);
    CoUninitialize();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/vss-provider/serves-the-agent-only", Fixture, NULL, set_up,
               test_serves_the_agent_only, tear_down);
    g_test_add("/vss-provider/event-of-a-user-is-not-the-agents", Fixture, NULL, set_up,
               test_event_of_a_user_is_not_the_agents, tear_down);
    g_test_add("/vss-provider/has-no-snapshots", Fixture, NULL, set_up, test_has_no_snapshots,
               tear_down);
    g_test_add("/vss-provider/commit-needs-no-registry", Fixture, NULL, set_up,
               test_commit_needs_no_registry, tear_down);
    g_test_add("/vss-provider/commit-waits-for-the-thaw", Fixture, NULL, set_up,
               test_commit_waits_for_the_thaw, tear_down);
    g_test_add_func("/vss-provider/commit-does-not-wait-for-ever",
                    test_commit_does_not_wait_for_ever);
    g_test_add("/vss-provider/library-is-in-the-dll", Fixture, NULL, set_up,
               test_library_is_in_the_dll, tear_down);
    g_test_add("/vss-provider/class-is-registered-and-taken-back", Fixture, NULL, set_up,
               test_class_is_registered_and_taken_back, tear_down);
    return g_test_run();
}
