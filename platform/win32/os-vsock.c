/* SPDX-License-Identifier: Apache-2.0 */
#include "os-vsock.h"

#include "os-error.h"
#include "os-handle.h"
#include "os-vsock-address.h"

#include <string.h>
#include <winioctl.h>

/* Of viosock/inc/vio_sockets.h in virtio-win's kvm-guest-drivers-windows: the device says which
 * address family its sockets have; the addresses are those of Linux. */
#define DEVICE             L"\\\\.\\Viosock"
#define GET_ADDRESS_FAMILY 0x0801300cu

#define WINSOCK 0x0202

typedef struct {
    ADDRESS_FAMILY family;
    USHORT reserved;
    guint32 port, cid;
} Address;

static gboolean ask_family(ADDRESS_FAMILY *family, const char *address, GError **error)
{
    g_auto(OsHandle) device = CreateFileW(DEVICE, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                          NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    ULONG answer = 0;
    DWORD size = 0;

    if (!os_handle_is_valid(device))
        return os_error(error, "vsock '%s' needs the viosock driver", address);
    if (!DeviceIoControl(device, GET_ADDRESS_FAMILY, NULL, 0, &answer, sizeof answer, &size, NULL))
        return os_error(error, "the viosock driver gave no address family for vsock '%s'", address);
    *family = (ADDRESS_FAMILY)answer;
    return TRUE;
}

static SOCKET open_socket(const char *text, Address *address, GError **error)
{
    WSADATA about;
    *address = (Address){0};
    if (!os_vsock_address_parse(text, &address->cid, &address->port, error) ||
        !ask_family(&address->family, text, error))
        return INVALID_SOCKET;
    WSAStartup(WINSOCK, &about);
    SOCKET made = WSASocketW(address->family, SOCK_STREAM, 0, NULL, 0,
                             WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    if (made == INVALID_SOCKET)
        os_error(error, "failed to open vsock '%s'", text);
    return made;
}

SOCKET os_vsock_listen(const char *address, HANDLE event, GError **error)
{
    Address own;
    SOCKET made = open_socket(address, &own, error);
    if (made == INVALID_SOCKET)
        return made;
    if (bind(made, (struct sockaddr *)&own, sizeof own) == 0 && listen(made, SOMAXCONN) == 0 &&
        WSAEventSelect(made, event, FD_ACCEPT) == 0)
        return made;
    if (WSAGetLastError() == WSAEADDRINUSE)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "vsock '%s' is in use", address);
    else
        os_error(error, "failed to listen on vsock '%s'", address);
    closesocket(made);
    return INVALID_SOCKET;
}

/* A socket taken from one that has an event would have it too, and be non-blocking: viosock then
 * fails a read with nothing to read instead of waiting (VIOSockReadDequeueCb() in
 * viosock/sys/Rx.c).
 */
SOCKET os_vsock_accept(SOCKET listener, guint32 *cid)
{
    union {
        Address address;
        struct sockaddr_storage storage;
    } peer = {0};
    int size = sizeof peer;
    u_long blocking = 0;
    SOCKET made = accept(listener, (struct sockaddr *)&peer, &size);

    if (made == INVALID_SOCKET)
        return made;
    WSAEventSelect(made, NULL, 0);
    ioctlsocket(made, FIONBIO, &blocking);
    SetHandleInformation((HANDLE)made, HANDLE_FLAG_INHERIT, 0);
    *cid = peer.address.cid;
    return made;
}

/* Waits for the answer: a host answers at once or is not there. */
SOCKET os_vsock_connect(const char *address, GError **error)
{
    Address peer;
    SOCKET made = open_socket(address, &peer, error);
    if (made == INVALID_SOCKET || connect(made, (struct sockaddr *)&peer, sizeof peer) == 0)
        return made;
    os_error(error, "failed to connect to vsock '%s'", address);
    closesocket(made);
    return INVALID_SOCKET;
}
