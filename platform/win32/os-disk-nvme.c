/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk-nvme.h"
#include "os-disk-parse.h"

#include <string.h>

/* STORAGE_PROPERTY_ID of Windows 10, which mingw-w64 lacks. */
#define ADAPTER_PROTOCOL_SPECIFIC 49
#define DEVICE_PROTOCOL_SPECIFIC  50

#define LOG_SMART           2u
#define IDENTIFY_CONTROLLER 1u

/* In the Identify Controller data. */
#define SERIAL_AT     4u
#define SERIAL_LENGTH 20u

#define COUNTER_AT 32u /* where the counters begin in the log page, 16 bytes each */

const guint8 *os_disk_nvme_data(const OsDiskNvme *reply, gsize got, gsize wanted)
{
    gsize at = G_STRUCT_OFFSET(OsDiskNvme, specific), offset;

    if (got < G_STRUCT_OFFSET(OsDiskNvme, data))
        return NULL;
    offset = reply->specific.ProtocolDataOffset;
    if (offset < sizeof reply->specific || offset > got - at ||
        reply->specific.ProtocolDataLength < wanted || got - at - offset < wanted)
        return NULL;
    return (const guint8 *)reply + at + offset;
}

static const guint8 *ask(HANDLE disk, OsDiskNvme *exchange, DWORD size)
{
    DWORD got = 0, all = (DWORD)G_STRUCT_OFFSET(OsDiskNvme, data) + size;

    exchange->kind = PropertyStandardQuery;
    exchange->specific.ProtocolType = ProtocolTypeNvme;
    exchange->specific.ProtocolDataOffset = sizeof exchange->specific;
    exchange->specific.ProtocolDataLength = size;
    if (!DeviceIoControl(disk, IOCTL_STORAGE_QUERY_PROPERTY, exchange, all, exchange, all, &got,
                         NULL))
        return NULL;
    return os_disk_nvme_data(exchange, got, size);
}

char *os_disk_nvme_serial(HANDLE disk)
{
    g_autofree OsDiskNvme *exchange = g_new0(OsDiskNvme, 1);
    const guint8 *data;

    exchange->property = ADAPTER_PROTOCOL_SPECIFIC;
    exchange->specific.DataType = NVMeDataTypeIdentify;
    exchange->specific.ProtocolDataRequestValue = IDENTIFY_CONTROLLER;
    data = ask(disk, exchange, OS_DISK_NVME_IDENTIFY);
    return data ? os_disk_serial_text((const char *)data + SERIAL_AT, SERIAL_LENGTH) : NULL;
}

gboolean os_disk_nvme_smart(HANDLE disk, guint8 page[OS_DISK_NVME_SMART])
{
    g_autofree OsDiskNvme *exchange = g_new0(OsDiskNvme, 1);
    const guint8 *data;

    exchange->property = DEVICE_PROTOCOL_SPECIFIC;
    exchange->specific.DataType = NVMeDataTypeLogPage;
    exchange->specific.ProtocolDataRequestValue = LOG_SMART;
    data = ask(disk, exchange, OS_DISK_NVME_SMART);
    if (data)
        memcpy(page, data, OS_DISK_NVME_SMART);
    return data != NULL;
}

static guint64 little_endian(const guint8 *bytes)
{
    guint64 value;
    memcpy(&value, bytes, sizeof value);
    return GUINT64_FROM_LE(value);
}

void os_disk_nvme_smart_parse(const guint8 page[OS_DISK_NVME_SMART], OsNvmeSmart *smart)
{
    guint64 *const counters[] = {
        smart->data_units_read,      smart->data_units_written,
        smart->host_read_commands,   smart->host_write_commands,
        smart->controller_busy_time, smart->power_cycles,
        smart->power_on_hours,       smart->unsafe_shutdowns,
        smart->media_errors,         smart->number_of_error_log_entries,
    };

    smart->critical_warning = page[0];
    smart->temperature = (guint16)(page[1] | page[2] << 8);
    smart->available_spare = page[3];
    smart->available_spare_threshold = page[4];
    smart->percentage_used = page[5];
    for (guint i = 0; i < G_N_ELEMENTS(counters); i++) {
        counters[i][0] = little_endian(page + COUNTER_AT + 16 * i);
        counters[i][1] = little_endian(page + COUNTER_AT + 16 * i + 8);
    }
}
