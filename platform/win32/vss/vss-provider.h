/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#define CONST_VTABLE
#include <windows.h>

#include <vsprov.h>

/*
 * The provider: VSS asks it to take snapshots once all applications stand still and writes are
 * held. It takes none; it tells the agent, and keeps VSS waiting until the host has taken its own.
 */

/* One more object with @interface_id, as IClassFactory::CreateInstance() has it. */
HRESULT vss_provider_new(REFIID interface_id, void **object);

/* An enumeration of nothing: there never is a snapshot.  It need not be released. */
IVssEnumObject *vss_nothing(void);

/* Objects that exist, and locks of the class factory: while there are any, the DLL must stay. */
void vss_module_ref(void);
void vss_module_unref(void);
