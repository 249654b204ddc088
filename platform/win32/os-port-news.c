/* SPDX-License-Identifier: Apache-2.0 */
#include "os-port-news.h"

#include "os-handle.h"

#include <cfgmgr32.h>
#include <string.h>
#include <winioctl.h>

/*
 * vioserial (virtio-win's kvm-guest-drivers-windows, vioserial/sys): a host that attaches or
 * detaches is told of as a custom event of the port's device (VIOSerialPortPnpNotifyWork() in
 * Port.c), which CM_Register_Notification() delivers to who has a handle of it, without a window
 * and without a service.  IOCTL_GET_INFORMATION gives the state.  The layouts are those of public.h
 * there.
 */

static const GUID change_status = {
    0x2c0f39ac, 0xb156, 0x4237, {0x9c, 0x64, 0x89, 0x91, 0xa1, 0x8b, 0xf3, 0x5c}};

#define GET_INFORMATION CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_OUT_DIRECT, FILE_ANY_ACCESS)

enum { PORT_NAME_MAX = 1024 };

typedef struct {
    UINT id;
    BOOLEAN out_full;
    BOOLEAN host_connected;
    BOOLEAN guest_connected;
    char name[PORT_NAME_MAX];
} PortInfo;

typedef struct {
    ULONG version;
    ULONG connected;
} StatusChange;

/* cfgmgr32.dll has it since Windows 8; wine has not. */
typedef CONFIGRET(WINAPI *Register)(PCM_NOTIFY_FILTER, PVOID, PCM_NOTIFY_CALLBACK,
                                    PHCMNOTIFICATION);
typedef CONFIGRET(WINAPI *Unregister)(HCMNOTIFICATION);

typedef struct {
    HMODULE library;
    Unregister unregister;
    HCMNOTIFICATION notification;
    OsPortTold told;
    gpointer data;
} Listener;

static OsPortNews custom_event(const CM_NOTIFY_EVENT_DATA *event)
{
    StatusChange change;

    if (!IsEqualGUID(&event->u.DeviceHandle.EventGuid, &change_status) ||
        event->u.DeviceHandle.DataSize < sizeof change)
        return 0;
    memcpy(&change, event->u.DeviceHandle.Data, sizeof change);
    return change.connected ? OS_PORT_CAME : OS_PORT_LEFT;
}

static DWORD CALLBACK notified(HCMNOTIFICATION notification, PVOID data, CM_NOTIFY_ACTION action,
                               PCM_NOTIFY_EVENT_DATA event, DWORD size)
{
    const Listener *listener = data;
    OsPortNews news = 0;

    if (action == CM_NOTIFY_ACTION_DEVICECUSTOMEVENT)
        news = custom_event(event);
    else if (action == CM_NOTIFY_ACTION_DEVICEQUERYREMOVE)
        news = OS_PORT_GOING;
    else if (action == CM_NOTIFY_ACTION_DEVICEREMOVEPENDING ||
             action == CM_NOTIFY_ACTION_DEVICEREMOVECOMPLETE)
        news = OS_PORT_GONE;
    return !news || listener->told(news, listener->data) ? ERROR_SUCCESS : ERROR_CANCELLED;
}

static void unlisten(gpointer data)
{
    Listener *listener = data;
    if (listener->notification)
        listener->unregister(listener->notification);
    FreeLibrary(listener->library);
    g_free(listener);
}

/* The handle is overlapped, so the question needs an event; the driver answers at once. */
static gboolean ask(HANDLE port, PortInfo *info)
{
    g_auto(OsHandle) event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED over = {.hEvent = event};
    DWORD size = 0;

    return (DeviceIoControl(port, GET_INFORMATION, NULL, 0, info, sizeof *info, NULL, &over) ||
            GetLastError() == ERROR_IO_PENDING) &&
           GetOverlappedResult(port, &over, &size, TRUE) && size >= offsetof(PortInfo, name);
}

static gboolean has_host(const OsPortCalls *calls, HANDLE port)
{
    PortInfo info = {0};
    return ask(port, &info) && info.host_connected;
}

/* A driver that cannot be asked for its host tells no news of it either. */
static gpointer listen_to(const OsPortCalls *calls, HANDLE port, OsPortTold told, gpointer data)
{
    CM_NOTIFY_FILTER filter = {.cbSize = sizeof filter,
                               .FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE,
                               .u.DeviceHandle.hTarget = port};
    PortInfo info;
    HMODULE library = ask(port, &info)
                          ? LoadLibraryExW(L"cfgmgr32.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32)
                          : NULL;
    if (!library)
        return NULL;
    Register subscribe = (Register)(gpointer)GetProcAddress(library, "CM_Register_Notification");
    Listener *listener = g_new0(Listener, 1);
    *listener = (Listener){
        .library = library,
        .unregister = (Unregister)(gpointer)GetProcAddress(library, "CM_Unregister_Notification"),
        .told = told,
        .data = data,
    };
    if (!subscribe || !listener->unregister ||
        subscribe(&filter, listener, notified, &listener->notification) != CR_SUCCESS) {
        listener->notification = NULL;
        unlisten(listener);
        return NULL;
    }
    return listener;
}

const OsPortCalls os_port_vioserial = {
    .listen = listen_to, .unlisten = unlisten, .has_host = has_host};
