/* SPDX-License-Identifier: Apache-2.0 */
#define COBJMACROS
#include "os-vss-components.h"

/* What writers say is bounded: they are programs of others. */
#define WRITERS_MAX    1024u
#define COMPONENTS_MAX 16384u /* per writer: Exchange and SharePoint have thousands */

void os_vss_component_free(OsVssComponent *component)
{
    if (!component)
        return;
    g_free(component->path);
    g_free(component->name);
    g_free(component);
}

static wchar_t *copy(const wchar_t *text)
{
    return text ? g_memdup2(text, (wcslen(text) + 1) * sizeof *text) : NULL;
}

static OsVssComponent *component_copy(const OsVssComponent *from)
{
    OsVssComponent *to = g_memdup2(from, sizeof *from);
    to->path = copy(from->path);
    to->name = copy(from->name);
    return to;
}

/* Whether @path leads through the component @parent: its own path, a backslash, its name, and then
 * the end or another backslash. */
static gboolean leads_through(const wchar_t *path, const OsVssComponent *parent)
{
    size_t length = parent->path ? wcslen(parent->path) : 0;

    if (!path)
        return FALSE;
    if (length > 0 && (wcsncmp(path, parent->path, length) != 0 || path[length++] != L'\\'))
        return FALSE;
    path += length;
    length = wcslen(parent->name);
    return wcsncmp(path, parent->name, length) == 0 && (path[length] == 0 || path[length] == L'\\');
}

gboolean os_vss_component_is_part(const OsVssComponent *component, const GPtrArray *all)
{
    for (guint i = 0; i < all->len; i++) {
        const OsVssComponent *other = all->pdata[i];
        if (other->selectable && leads_through(component->path, other))
            return TRUE;
    }
    return FALSE;
}

static OsVssComponent *component_new(IVssWMComponent *from, const VSS_ID *instance,
                                     const VSS_ID *writer)
{
    PVSSCOMPONENTINFO info = NULL;
    OsVssComponent *component;

    if (FAILED(IVssWMComponent_GetComponentInfo(from, &info)))
        return NULL;
    component = g_new0(OsVssComponent, 1);
    component->instance = *instance;
    component->writer = *writer;
    component->type = info->type;
    component->path =
        info->bstrLogicalPath && *info->bstrLogicalPath ? copy(info->bstrLogicalPath) : NULL;
    component->name = copy(info->bstrComponentName ? info->bstrComponentName : L"");
    component->selectable = info->bSelectable;
    IVssWMComponent_FreeComponentInfo(from, info);
    return component;
}

/* All components of one writer; those that it cannot tell of are left out. */
static GPtrArray *read_writer(IVssExamineWriterMetadata *metadata)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)os_vss_component_free);
    UINT included, excluded, count = 0;
    VSS_ID instance, writer;
    VSS_USAGE_TYPE usage;
    VSS_SOURCE_TYPE source;
    BSTR name = NULL;

    if (FAILED(IVssExamineWriterMetadata_GetIdentity(metadata, &instance, &writer, &name, &usage,
                                                     &source)) ||
        FAILED(IVssExamineWriterMetadata_GetFileCounts(metadata, &included, &excluded, &count)))
        count = 0;
    SysFreeString(name);
    for (UINT i = 0; i < MIN(count, COMPONENTS_MAX); i++) {
        IVssWMComponent *from = NULL;
        OsVssComponent *component = NULL;
        if (FAILED(IVssExamineWriterMetadata_GetComponent(metadata, i, &from)) || !from)
            continue;
        component = component_new(from, &instance, &writer);
        IVssWMComponent_Release(from);
        if (component)
            g_ptr_array_add(all, component);
    }
    return all;
}

/* One that cannot be added takes part as well as it can without. */
static void select_top(IVssBackupComponents *backup, const GPtrArray *all, GPtrArray *selected)
{
    for (guint i = 0; i < all->len; i++) {
        const OsVssComponent *one = all->pdata[i];
        if (os_vss_component_is_part(one, all))
            continue;
        HRESULT added = IVssBackupComponents_AddComponent(backup, one->instance, one->writer,
                                                          one->type, one->path, one->name);
        if (SUCCEEDED(added))
            g_ptr_array_add(selected, component_copy(one));
    }
}

HRESULT os_vss_components_select(IVssBackupComponents *backup, GPtrArray **selected)
{
    g_autoptr(GPtrArray) top =
        g_ptr_array_new_with_free_func((GDestroyNotify)os_vss_component_free);
    UINT writers = 0;
    HRESULT result = IVssBackupComponents_GetWriterMetadataCount(backup, &writers);

    for (UINT i = 0; SUCCEEDED(result) && i < MIN(writers, WRITERS_MAX); i++) {
        IVssExamineWriterMetadata *metadata = NULL;
        VSS_ID instance;
        if (FAILED(IVssBackupComponents_GetWriterMetadata(backup, i, &instance, &metadata)) ||
            !metadata)
            continue;
        g_autoptr(GPtrArray) all = read_writer(metadata);
        IVssExamineWriterMetadata_Release(metadata);
        select_top(backup, all, top);
    }
    if (SUCCEEDED(result))
        *selected = g_steal_pointer(&top);
    return result;
}

void os_vss_components_tell(IVssBackupComponents *backup, const GPtrArray *selected,
                            gboolean succeeded)
{
    for (guint i = 0; selected && i < selected->len; i++) {
        const OsVssComponent *one = selected->pdata[i];
        IVssBackupComponents_SetBackupSucceeded(backup, one->instance, one->writer, one->type,
                                                one->path, one->name, (boolean)succeeded);
    }
}
