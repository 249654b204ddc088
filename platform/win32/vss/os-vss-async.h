/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-vss-system.h"

/* Something that VSS does while the caller waits. */

/* How it stands: VSS_S_ASYNC_PENDING, VSS_S_ASYNC_FINISHED or the code of its failure. */
HRESULT os_vss_async_status(IVssAsync *async);

/* Until it is through, or the monotonic @deadline (HRESULT of ERROR_TIMEOUT), or @cancel, which may
 * be NULL, is not 0 (E_ABORT); it is looked at every @slice_ms.  S_OK or the failure. */
HRESULT os_vss_async_wait(IVssAsync *async, guint slice_ms, gint64 deadline, const gint *cancel);

/* The same, and releases it; for what is of no use if it is not waited for. */
HRESULT os_vss_async_finish(IVssAsync *async, guint slice_ms, gint64 deadline, const gint *cancel);
