/* SPDX-License-Identifier: Apache-2.0 */
#include "os-vss-events.h"

#include "os-error.h"
#include "vss-names.h"

#include <sddl.h>

/* Owner: Administrators, which the provider looks at; full access for them and LocalSystem, nothing
 * inherited, and nobody else. */
#define DESCRIPTOR L"O:BAD:P(A;;GA;;;SY)(A;;GA;;;BA)"

static HANDLE make(const wchar_t *name, SECURITY_ATTRIBUTES *security, GError **error)
{
    HANDLE event = CreateEventW(security, TRUE, FALSE, name);

    if (event && GetLastError() != ERROR_ALREADY_EXISTS)
        return event;
    os_handle_close(event);
    if (event || GetLastError() == ERROR_ACCESS_DENIED)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY,
                    "failed to freeze: another freeze is under way");
    else
        os_error(error, "failed to create an event");
    return NULL;
}

static gboolean make_all(OsVssEvents *events, SECURITY_ATTRIBUTES *security, GError **error)
{
    OsVssEvents made = {0};

    if ((made.frozen = make(VSS_EVENT_FROZEN, security, error)) &&
        (made.expired = make(VSS_EVENT_EXPIRED, security, error)) &&
        (made.thaw = make(VSS_EVENT_THAW, security, error))) {
        *events = made;
        return TRUE;
    }
    os_vss_events_close(&made);
    return FALSE;
}

gboolean os_vss_events_open(OsVssEvents *events, GError **error)
{
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security};

    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(DESCRIPTOR, SDDL_REVISION_1,
                                                              &security.lpSecurityDescriptor, NULL))
        return os_error(error, "failed to create an event");
    gboolean made = make_all(events, &security, error);
    LocalFree(security.lpSecurityDescriptor);
    return made;
}

void os_vss_events_reset(const OsVssEvents *events)
{
    ResetEvent(events->frozen);
    ResetEvent(events->thaw);
    ResetEvent(events->expired);
}

void os_vss_events_close(OsVssEvents *events)
{
    os_handle_close(os_handle_steal(&events->frozen));
    os_handle_close(os_handle_steal(&events->thaw));
    os_handle_close(os_handle_steal(&events->expired));
}

gboolean os_vss_event_is_set(HANDLE event)
{
    return WaitForSingleObject(event, 0) == WAIT_OBJECT_0;
}
