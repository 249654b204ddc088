/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

#include <comadmin.h>

/* The catalog of COM+ is collections of objects, which have properties and further collections.
 * What is returned by these is the caller's to release;
 * collections have been read. */

HRESULT os_vss_catalog_applications(ICOMAdminCatalog2 *catalog, ICatalogCollection **applications);

/* The collection named @what that belongs to @object of @parent. */
HRESULT os_vss_catalog_part(ICatalogCollection *parent, ICatalogObject *object, const wchar_t *what,
                            ICatalogCollection **part);

/* One more object, which is in the catalog after os_vss_catalog_save(). */
HRESULT os_vss_catalog_new(ICatalogCollection *collection, ICatalogObject **object);

/* Makes what was changed in @collection so. */
HRESULT os_vss_catalog_save(ICatalogCollection *collection);

HRESULT os_vss_catalog_set_text(ICatalogObject *object, const wchar_t *property,
                                const wchar_t *text);

/* @type is VT_BOOL or VT_I4. */
HRESULT os_vss_catalog_set_number(ICatalogObject *object, const wchar_t *property, VARTYPE type,
                                  LONG number);

/* The one at @index is called @name. */
gboolean os_vss_catalog_is_named(ICatalogCollection *collection, LONG index, const wchar_t *name);
