/* SPDX-License-Identifier: Apache-2.0 */
#define COBJMACROS
#include "os-vss-async.h"

HRESULT os_vss_async_status(IVssAsync *async)
{
    HRESULT status = VSS_S_ASYNC_PENDING;
    HRESULT asked = IVssAsync_QueryStatus(async, &status, NULL);
    return FAILED(asked) ? asked : status;
}

/* What Wait() returns is not looked at: it is the failure of what is waited for, or its own, or
 * that the time is over, and QueryStatus() tells. */
HRESULT os_vss_async_wait(IVssAsync *async, guint slice_ms, gint64 deadline, const gint *cancel)
{
    HRESULT status;

    while ((status = os_vss_async_status(async)) == VSS_S_ASYNC_PENDING) {
        if (cancel && g_atomic_int_get(cancel))
            return E_ABORT;
        if (g_get_monotonic_time() >= deadline)
            return HRESULT_FROM_WIN32(ERROR_TIMEOUT);
        if (FAILED(IVssAsync_Wait(async, slice_ms)))
            Sleep(1); /* never a busy loop */
    }
    if (status == VSS_S_ASYNC_CANCELLED)
        return E_ABORT;
    return FAILED(status) ? status : S_OK;
}

HRESULT os_vss_async_finish(IVssAsync *async, guint slice_ms, gint64 deadline, const gint *cancel)
{
    HRESULT result = os_vss_async_wait(async, slice_ms, deadline, cancel);

    if (result == E_ABORT || result == HRESULT_FROM_WIN32(ERROR_TIMEOUT))
        IVssAsync_Cancel(async);
    IVssAsync_Release(async);
    return result;
}
