/* SPDX-License-Identifier: Apache-2.0 */
#define COBJMACROS
#include "vss-provider.h"

#include "vss-hold.h"
#include "vss-names.h"

typedef struct {
    IVssSoftwareSnapshotProvider provider;
    IVssProviderCreateSnapshotSet set;
    IVssProviderNotifications notifications;
    LONG references;
    VssHold hold; /* from before writes are held until they are */
} Provider;

static HRESULT query_any(Provider *self, REFIID id, void **object)
{
    if (IsEqualIID(id, &IID_IUnknown) || IsEqualIID(id, &IID_IVssSoftwareSnapshotProvider))
        *object = &self->provider;
    else if (IsEqualIID(id, &IID_IVssProviderCreateSnapshotSet))
        *object = &self->set;
    else if (IsEqualIID(id, &IID_IVssProviderNotifications))
        *object = &self->notifications;
    else
        *object = NULL;
    if (!*object)
        return E_NOINTERFACE;
    InterlockedIncrement(&self->references);
    return S_OK;
}

static ULONG release_any(Provider *self)
{
    LONG left = InterlockedDecrement(&self->references);

    if (left == 0) {
        vss_hold_close(&self->hold);
        CoTaskMemFree(self);
        vss_module_unref();
    }
    return (ULONG)left;
}

/* The three of IUnknown, for each of the interfaces. */
#define UNKNOWN(name, Interface)                                                                   \
    static HRESULT STDMETHODCALLTYPE name##_query(Interface *self, REFIID id, void **object)       \
    {                                                                                              \
        return query_any(CONTAINING_RECORD(self, Provider, name), id, object);                     \
    }                                                                                              \
    static ULONG STDMETHODCALLTYPE name##_add_ref(Interface *self)                                 \
    {                                                                                              \
        return (ULONG)InterlockedIncrement(&CONTAINING_RECORD(self, Provider, name)->references);  \
    }                                                                                              \
    static ULONG STDMETHODCALLTYPE name##_release(Interface *self)                                 \
    {                                                                                              \
        return release_any(CONTAINING_RECORD(self, Provider, name));                               \
    }

UNKNOWN(provider, IVssSoftwareSnapshotProvider)
UNKNOWN(set, IVssProviderCreateSnapshotSet)
UNKNOWN(notifications, IVssProviderNotifications)

static HRESULT STDMETHODCALLTYPE set_context(IVssSoftwareSnapshotProvider *self, LONG context)
{
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE get_properties(IVssSoftwareSnapshotProvider *self, VSS_ID snapshot,
                                                VSS_SNAPSHOT_PROP *properties)
{
    return VSS_E_OBJECT_NOT_FOUND;
}

static HRESULT STDMETHODCALLTYPE query(IVssSoftwareSnapshotProvider *self, VSS_ID object,
                                       VSS_OBJECT_TYPE type, VSS_OBJECT_TYPE returned,
                                       IVssEnumObject **objects)
{
    if (!objects)
        return E_INVALIDARG;
    *objects = vss_nothing();
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE delete_snapshots(IVssSoftwareSnapshotProvider *self, VSS_ID source,
                                                  VSS_OBJECT_TYPE type, WINBOOL force,
                                                  LONG *deleted, VSS_ID *not_deleted)
{
    *deleted = 0;
    *not_deleted = source;
    return VSS_E_OBJECT_NOT_FOUND;
}

static HRESULT STDMETHODCALLTYPE begin_prepare(IVssSoftwareSnapshotProvider *self, VSS_ID set,
                                               VSS_ID snapshot, VSS_PWSZ volume, LONG context)
{
    return vss_hold_is_wanted() ? S_OK : VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER;
}

/* Another program's backup that names no provider must not end up with this one. */
static HRESULT STDMETHODCALLTYPE is_supported(IVssSoftwareSnapshotProvider *self, VSS_PWSZ volume,
                                              WINBOOL *supported)
{
    *supported = vss_hold_is_wanted();
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE is_snapshotted(IVssSoftwareSnapshotProvider *self, VSS_PWSZ volume,
                                                WINBOOL *present, LONG *compatibility)
{
    *present = FALSE;
    *compatibility = 0;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE set_property(IVssSoftwareSnapshotProvider *self, VSS_ID snapshot,
                                              VSS_SNAPSHOT_PROPERTY_ID property, VARIANT value)
{
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE revert(IVssSoftwareSnapshotProvider *self, VSS_ID snapshot)
{
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE query_revert(IVssSoftwareSnapshotProvider *self, VSS_PWSZ volume,
                                              IVssAsync **async)
{
    *async = NULL;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE set_nothing(IVssProviderCreateSnapshotSet *self, VSS_ID set)
{
    return S_OK;
}

/* While writes are held nothing may touch a disk (remarks on CommitSnapshots()), which looking
 * something up in the registry might. */
static HRESULT STDMETHODCALLTYPE set_pre_commit(IVssProviderCreateSnapshotSet *self, VSS_ID set)
{
    Provider *provider = CONTAINING_RECORD(self, Provider, set);
    return vss_hold_open(&provider->hold) ? S_OK : VSS_E_PROVIDER_VETO;
}

static HRESULT STDMETHODCALLTYPE set_commit(IVssProviderCreateSnapshotSet *self, VSS_ID set)
{
    Provider *provider = CONTAINING_RECORD(self, Provider, set);
    VssHold hold = provider->hold;
    HRESULT result = VSS_E_PROVIDER_VETO;

    ZeroMemory(&provider->hold, sizeof provider->hold);
    if (hold.frozen)
        result = vss_hold_wait(&hold, VSS_HOLD_LIMIT);
    vss_hold_close(&hold);
    return result;
}

static HRESULT STDMETHODCALLTYPE set_post_commit(IVssProviderCreateSnapshotSet *self, VSS_ID set,
                                                 LONG snapshots)
{
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE on_load(IVssProviderNotifications *self, IUnknown *callback)
{
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE on_unload(IVssProviderNotifications *self, WINBOOL force)
{
    return S_OK;
}

static const IVssSoftwareSnapshotProviderVtbl provider_vtbl = {
    provider_query, provider_add_ref, provider_release, set_context,  get_properties,
    query,          delete_snapshots, begin_prepare,    is_supported, is_snapshotted,
    set_property,   revert,           query_revert,
};

static const IVssProviderCreateSnapshotSetVtbl set_vtbl = {
    set_query,  set_add_ref,     set_release, set_nothing, set_pre_commit,
    set_commit, set_post_commit, set_nothing, set_nothing, set_nothing,
};

static const IVssProviderNotificationsVtbl notifications_vtbl = {
    notifications_query, notifications_add_ref, notifications_release, on_load, on_unload,
};

HRESULT vss_provider_new(REFIID interface_id, void **object)
{
    Provider *self = CoTaskMemAlloc(sizeof *self);

    *object = NULL;
    if (!self)
        return E_OUTOFMEMORY;
    self->provider.lpVtbl = &provider_vtbl;
    self->set.lpVtbl = &set_vtbl;
    self->notifications.lpVtbl = &notifications_vtbl;
    self->references = 1;
    ZeroMemory(&self->hold, sizeof self->hold);
    vss_module_ref();
    HRESULT result = query_any(self, interface_id, object);
    release_any(self);
    return result;
}
