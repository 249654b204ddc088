/* SPDX-License-Identifier: Apache-2.0 */

/* The one place where the identifiers of these interfaces are defined: libuuid lacks most. */
#include <initguid.h>

#include "vss-names.h"

#include <comadmin.h>
#include <vsadmin.h>
#include <vsprov.h>
