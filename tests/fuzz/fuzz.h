/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* What a target defines (the name is libFuzzer's): runs the code in question over hostile bytes,
 * and aborts if a promise is broken.  Always 0. */
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);
