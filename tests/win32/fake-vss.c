/* SPDX-License-Identifier: Apache-2.0 */
#define COBJMACROS
#include "fake-vss.h"

#include "vss-hold.h"
#include "vss-names.h"

FakeVss fake_vss;

/* {11111111-2222-3333-4444-555555555555} and an instance of it. */
static const VSS_ID writer_id = {
    0x11111111, 0x2222, 0x3333, {0x44, 0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55}};

void fake_vss_reset(void)
{
    if (fake_vss.calls)
        g_string_free(fake_vss.calls, TRUE);
    memset(&fake_vss, 0, sizeof fake_vss);
    g_mutex_init(&fake_vss.lock);
    fake_vss.calls = g_string_new(NULL);
    fake_vss.hold_ms = 10000;
    fake_vss.state = VSS_WS_STABLE;
}

static void note(const char *call)
{
    g_mutex_lock(&fake_vss.lock);
    g_string_append_printf(fake_vss.calls, "%s ", call);
    g_mutex_unlock(&fake_vss.lock);
}

char *fake_vss_calls(void)
{
    g_mutex_lock(&fake_vss.lock);
    char *calls = g_strdup(fake_vss.calls->str);
    g_mutex_unlock(&fake_vss.lock);
    return calls;
}

static HRESULT call(const char *name)
{
    note(name);
    if (g_strcmp0(fake_vss.fail_at, name) != 0 || g_atomic_int_get(&fake_vss.fail_times) == 0)
        return S_OK;
    if (g_atomic_int_get(&fake_vss.fail_times) > 0)
        g_atomic_int_add(&fake_vss.fail_times, -1);
    return fake_vss.fail_code;
}

/* Every object is one of these, so that what is not released can be counted. */
typedef struct {
    union {
        IVssBackupComponents backup;
        IVssAsync async;
        IVssExamineWriterMetadata metadata;
        IVssWMComponent component;
    };
    gint references;
    guint index;
    gint status; /* atomic; of an IVssAsync */
    gint cancelled;
} Object;

static Object *object_new(void)
{
    Object *object = g_new0(Object, 1);
    object->references = 1;
    g_atomic_int_inc(&fake_vss.objects);
    return object;
}

static ULONG object_ref(void *self)
{
    g_atomic_int_inc(&((Object *)self)->references);
    return 2;
}

static ULONG object_unref(void *self)
{
    if (!g_atomic_int_dec_and_test(&((Object *)self)->references))
        return 1;
    g_atomic_int_add(&fake_vss.objects, -1);
    g_free(self);
    return 0;
}

static HRESULT object_query(void **out)
{
    *out = NULL;
    return E_NOINTERFACE;
}

#define UNKNOWN(name, Interface)                                                                   \
    static HRESULT STDMETHODCALLTYPE name##_query(Interface *self, REFIID id, void **out)          \
    {                                                                                              \
        return object_query(out);                                                                  \
    }                                                                                              \
    static ULONG STDMETHODCALLTYPE name##_ref(Interface *self)                                     \
    {                                                                                              \
        return object_ref(self);                                                                   \
    }                                                                                              \
    static ULONG STDMETHODCALLTYPE name##_unref(Interface *self)                                   \
    {                                                                                              \
        return object_unref(self);                                                                 \
    }
UNKNOWN(async, IVssAsync)
UNKNOWN(backup, IVssBackupComponents)
UNKNOWN(metadata, IVssExamineWriterMetadata)
UNKNOWN(component, IVssWMComponent)

static HRESULT STDMETHODCALLTYPE async_cancel(IVssAsync *self)
{
    g_atomic_int_set(&((Object *)self)->cancelled, 1);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE async_status(IVssAsync *self, HRESULT *status, INT *reserved)
{
    *status = g_atomic_int_get(&((Object *)self)->status);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE async_wait(IVssAsync *self, DWORD milliseconds)
{
    for (DWORD i = 0; i < milliseconds; i++) {
        if (g_atomic_int_get(&((Object *)self)->status) != VSS_S_ASYNC_PENDING)
            break;
        Sleep(1);
    }
    return S_OK;
}

static IVssAsyncVtbl async_vtbl = {async_query,  async_ref,  async_unref,
                                   async_cancel, async_wait, async_status};

static Object *async_new(HRESULT status)
{
    Object *object = object_new();
    object->async.lpVtbl = &async_vtbl;
    object->status = status;
    return object;
}

/* A step that takes no time. */
static HRESULT step(const char *name, IVssAsync **async)
{
    g_autofree char *late = g_strconcat(name, "Async", NULL);
    HRESULT result = call(name);

    if (FAILED(result))
        return result;
    result = g_strcmp0(fake_vss.fail_at, late) == 0 ? fake_vss.fail_code : VSS_S_ASYNC_FINISHED;
    *async = &async_new(result)->async;
    return S_OK;
}

static HRESULT hold(Object *object)
{
    VssHold events = {0};
    HRESULT result = E_FAIL;

    g_atomic_int_set(&fake_vss.holding, 1);
    if (vss_hold_open(&events))
        result = vss_hold_wait(&events, fake_vss.hold_ms);
    vss_hold_close(&events);
    g_atomic_int_set(&fake_vss.holding, 0);
    while (fake_vss.never_ends && !g_atomic_int_get(&fake_vss.ends))
        Sleep(1);
    if (g_atomic_int_get(&object->cancelled))
        return VSS_S_ASYNC_CANCELLED;
    if (FAILED(result))
        return VSS_E_UNEXPECTED_PROVIDER_ERROR;
    return fake_vss.end_code ? fake_vss.end_code : VSS_S_ASYNC_FINISHED;
}

static gpointer snapshot(gpointer data)
{
    Object *object = data;
    HRESULT status = VSS_S_ASYNC_CANCELLED;

    if (fake_vss.never_holds)
        while (!g_atomic_int_get(&object->cancelled))
            Sleep(1);
    else
        status = hold(object);
    g_atomic_int_set(&object->status, status);
    object_unref(object);
    return NULL;
}

static HRESULT STDMETHODCALLTYPE backup_do(IVssBackupComponents *self, IVssAsync **async)
{
    HRESULT result = call("DoSnapshotSet");
    Object *object;

    if (FAILED(result))
        return result;
    if (g_strcmp0(fake_vss.fail_at, "DoSnapshotSetAsync") == 0 && fake_vss.fail_times != 0) {
        fake_vss.fail_times -= fake_vss.fail_times > 0;
        *async = &async_new(fake_vss.fail_code)->async;
        return S_OK;
    }
    object = async_new(VSS_S_ASYNC_PENDING);
    object_ref(object);
    g_thread_unref(g_thread_new("snapshot", snapshot, object));
    *async = &object->async;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE backup_initialize(IVssBackupComponents *self, BSTR xml)
{
    return call("InitializeForBackup");
}

static HRESULT STDMETHODCALLTYPE backup_context(IVssBackupComponents *self, LONG context)
{
    fake_vss.context = context;
    return call("SetContext");
}

static HRESULT STDMETHODCALLTYPE backup_state(IVssBackupComponents *self, boolean by_component,
                                              boolean bootable, VSS_BACKUP_TYPE type,
                                              boolean partial)
{
    fake_vss.type = type;
    fake_vss.by_component = by_component;
    return call("SetBackupState");
}

static HRESULT STDMETHODCALLTYPE backup_gather(IVssBackupComponents *self, IVssAsync **async)
{
    return step("GatherWriterMetadata", async);
}

static HRESULT STDMETHODCALLTYPE backup_count(IVssBackupComponents *self, UINT *count)
{
    *count = 1;
    return S_OK;
}

/* "Top" can be selected; "Part" and "Deep" are parts of it; "Alone" is not. */
static const struct {
    const wchar_t *path;
    const wchar_t *name;
    boolean selectable;
} components[] = {
    {L"", L"Top", TRUE},
    {L"Top", L"Part", FALSE},
    {L"Top\\Part", L"Deep", TRUE},
    {L"Topmost", L"Alone", FALSE},
};

static HRESULT STDMETHODCALLTYPE component_info(IVssWMComponent *self, PVSSCOMPONENTINFO *out)
{
    guint index = ((Object *)self)->index;
    VSS_COMPONENTINFO *info = g_new0(VSS_COMPONENTINFO, 1);

    info->type = VSS_CT_FILEGROUP;
    info->bstrLogicalPath = SysAllocString(components[index].path);
    info->bstrComponentName = SysAllocString(components[index].name);
    info->bSelectable = components[index].selectable;
    *out = info;
    g_atomic_int_inc(&fake_vss.objects);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE component_free(IVssWMComponent *self, PVSSCOMPONENTINFO info)
{
    SysFreeString(info->bstrLogicalPath);
    SysFreeString(info->bstrComponentName);
    g_free((VSS_COMPONENTINFO *)info);
    g_atomic_int_add(&fake_vss.objects, -1);
    return S_OK;
}

static IVssWMComponentVtbl component_vtbl = {component_query, component_ref, component_unref,
                                             component_info, component_free};

static HRESULT STDMETHODCALLTYPE metadata_component(IVssExamineWriterMetadata *self, UINT index,
                                                    IVssWMComponent **out)
{
    Object *object = object_new();
    object->component.lpVtbl = &component_vtbl;
    object->index = index;
    *out = &object->component;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE metadata_identity(IVssExamineWriterMetadata *self,
                                                   VSS_ID *instance, VSS_ID *writer, BSTR *name,
                                                   VSS_USAGE_TYPE *usage, VSS_SOURCE_TYPE *source)
{
    *instance = *writer = writer_id;
    *name = SysAllocString(L"TestWriter");
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE metadata_counts(IVssExamineWriterMetadata *self, UINT *included,
                                                 UINT *excluded, UINT *count)
{
    *included = *excluded = 0;
    *count = G_N_ELEMENTS(components);
    return S_OK;
}

static IVssExamineWriterMetadataVtbl metadata_vtbl = {
    .QueryInterface = metadata_query,
    .AddRef = metadata_ref,
    .Release = metadata_unref,
    .GetIdentity = metadata_identity,
    .GetFileCounts = metadata_counts,
    .GetComponent = metadata_component,
};

static HRESULT STDMETHODCALLTYPE backup_metadata(IVssBackupComponents *self, UINT index,
                                                 VSS_ID *instance, IVssExamineWriterMetadata **out)
{
    Object *object = object_new();
    object->metadata.lpVtbl = &metadata_vtbl;
    *out = &object->metadata;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE backup_free_metadata(IVssBackupComponents *self)
{
    return call("FreeWriterMetadata");
}

static HRESULT STDMETHODCALLTYPE backup_add_component(IVssBackupComponents *self, VSS_ID instance,
                                                      VSS_ID writer, VSS_COMPONENT_TYPE type,
                                                      LPCWSTR path, LPCWSTR name)
{
    g_autofree char *text = g_strdup_printf("AddComponent(%ls)", name);
    return call(text);
}

static HRESULT STDMETHODCALLTYPE backup_start(IVssBackupComponents *self, VSS_ID *set)
{
    CoCreateGuid(set);
    if (vss_hold_is_wanted()) /* by another backup that VSS is still at */
        note("wanted-too-early");
    return call("StartSnapshotSet");
}

static HRESULT STDMETHODCALLTYPE backup_add(IVssBackupComponents *self, VSS_PWSZ volume,
                                            VSS_ID provider, VSS_ID *id)
{
    fake_vss.ours = IsEqualGUID(&provider, &VSS_PROVIDER_ID);
    if (!vss_hold_is_wanted())
        note("not-wanted");
    CoCreateGuid(id);
    return call("AddToSnapshotSet");
}

static HRESULT STDMETHODCALLTYPE backup_prepare(IVssBackupComponents *self, IVssAsync **async)
{
    return step("PrepareForBackup", async);
}

static HRESULT STDMETHODCALLTYPE backup_gather_status(IVssBackupComponents *self, IVssAsync **async)
{
    return step("GatherWriterStatus", async);
}

static HRESULT STDMETHODCALLTYPE backup_status(IVssBackupComponents *self, UINT index,
                                               VSS_ID *instance, VSS_ID *writer, BSTR *name,
                                               VSS_WRITER_STATE *state, HRESULT *failure)
{
    *instance = *writer = writer_id;
    *name = SysAllocString(L"TestWriter");
    *state = fake_vss.state;
    *failure = fake_vss.writer_failure;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE backup_free_status(IVssBackupComponents *self)
{
    return call("FreeWriterStatus");
}

static HRESULT STDMETHODCALLTYPE backup_succeeded(IVssBackupComponents *self, VSS_ID instance,
                                                  VSS_ID writer, VSS_COMPONENT_TYPE type,
                                                  LPCWSTR path, LPCWSTR name, boolean succeeded)
{
    g_autofree char *text = g_strdup_printf("SetBackupSucceeded(%ls,%d)", name, succeeded);
    return call(text);
}

static HRESULT STDMETHODCALLTYPE backup_complete(IVssBackupComponents *self, IVssAsync **async)
{
    return step("BackupComplete", async);
}

static HRESULT STDMETHODCALLTYPE backup_abort(IVssBackupComponents *self)
{
    return call("AbortBackup");
}

static IVssBackupComponentsVtbl backup_vtbl = {
    .QueryInterface = backup_query,
    .AddRef = backup_ref,
    .Release = backup_unref,
    .InitializeForBackup = backup_initialize,
    .SetContext = backup_context,
    .SetBackupState = backup_state,
    .GatherWriterMetadata = backup_gather,
    .GetWriterMetadataCount = backup_count,
    .GetWriterMetadata = backup_metadata,
    .FreeWriterMetadata = backup_free_metadata,
    .AddComponent = backup_add_component,
    .StartSnapshotSet = backup_start,
    .AddToSnapshotSet = backup_add,
    .PrepareForBackup = backup_prepare,
    .GatherWriterStatus = backup_gather_status,
    .GetWriterStatusCount = backup_count,
    .GetWriterStatus = backup_status,
    .FreeWriterStatus = backup_free_status,
    .DoSnapshotSet = backup_do,
    .SetBackupSucceeded = backup_succeeded,
    .BackupComplete = backup_complete,
    .AbortBackup = backup_abort,
};

HRESULT fake_vss_create(IVssBackupComponents **backup)
{
    HRESULT result = call("Create");
    Object *object;

    if (FAILED(result))
        return result;
    object = object_new();
    object->backup.lpVtbl = &backup_vtbl;
    *backup = &object->backup;
    while (g_atomic_int_get(&fake_vss.stuck))
        Sleep(1);
    return S_OK;
}
