/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-freeze.h"
#include "os-vss-hold.h"

struct OsFrozen {
    wchar_t *volume; /* "\\?\Volume{...}\" */
    OsVssHold *hold; /* of the freeze that this is the first filesystem of; NULL: none */
};
