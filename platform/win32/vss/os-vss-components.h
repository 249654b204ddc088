/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-vss-system.h"

/* The components that writers have: a database, a part of the system state. */
typedef struct {
    VSS_ID instance;
    VSS_ID writer;
    VSS_COMPONENT_TYPE type;
    wchar_t *path; /* NULL: none */
    wchar_t *name;
    gboolean selectable;
} OsVssComponent;

/* Adds to the backup what writers told of themselves: each component that no selectable one is
 * above of; the others belong to that one ("Working with Selectability for Backup").  *selected:
 * of OsVssComponent. */
HRESULT os_vss_components_select(IVssBackupComponents *backup, GPtrArray **selected);

/* Tells the writers of @selected, which may be NULL, that their components are in the backup. */
void os_vss_components_tell(IVssBackupComponents *backup, const GPtrArray *selected,
                            gboolean succeeded);

/* TRUE: @component is part of a selectable one of @all. */
gboolean os_vss_component_is_part(const OsVssComponent *component, const GPtrArray *all);

void os_vss_component_free(OsVssComponent *component);
