/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Makes the snapshot provider (virtagent-vss.dll, which lies beside the running program) known to
 * the system: a COM+ application of its own that runs as LocalSystem, and a provider of the Volume
 * Shadow Copy Service.  Without it, nothing can be frozen.
 *
 * Administrators only.  Both may block for some seconds, from any thread.
 */

/* Twice is once: what an earlier registration left is replaced.  If it fails, nothing stays
 * registered; *error is one sentence that says at what it failed. */
gboolean os_vss_register(GError **error);

/* TRUE, too, if there was nothing registered.  Goes on after a failure, so that as little as
 * possible stays; *error is the first. */
gboolean os_vss_unregister(GError **error);
