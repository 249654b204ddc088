/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

/* The COM+ application that the provider runs in.  The thread has entered COM. */

/* Makes it, with the class of the provider in @dll.  On failure *step says at what. */
HRESULT os_vss_catalog_add(const wchar_t *dll, const char **step);

/* S_OK, too, if it is not there. */
HRESULT os_vss_catalog_remove(void);
