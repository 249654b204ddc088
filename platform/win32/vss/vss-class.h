/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <windows.h>

/* The class of the provider in the registry: HKLM\SOFTWARE\Classes\CLSID\{...}. */

/* Of the DLL that this is part of. */
HRESULT vss_class_register(void);

/* S_OK, too, if it is not there. */
HRESULT vss_class_unregister(void);
