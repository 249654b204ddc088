/* SPDX-License-Identifier: Apache-2.0 */
#include "os-device-id.h"
#include "os-device.h"
#include "os-filetime.h"

static void assert_id(const wchar_t *text, guint16 vendor, guint16 device)
{
    guint16 maker = 0, kind = 0;
    g_assert_true(os_device_parse_id(text, &maker, &kind));
    g_assert_cmphex(maker, ==, vendor);
    g_assert_cmphex(kind, ==, device);
}

static void test_pci(void)
{
    assert_id(L"PCI\\VEN_1AF4&DEV_1001&SUBSYS_00021AF4&REV_00", 0x1af4, 0x1001);
    assert_id(L"PCI\\VEN_1AF4&DEV_10CF", 0x1af4, 0x10cf);
    assert_id(L"pci\\ven_8086&dev_ffff&CC_0601", 0x8086, 0xffff);
    assert_id(L"PCI\\VEN_0000&DEV_0000", 0, 0);
}

static void test_not_pci(void)
{
    static const wchar_t *const ids[] = {
        L"",
        L"PCI\\VEN_1AF4",
        L"PCI\\VEN_1AF4&DEV_100",
        L"PCI\\VEN_1AF4&DEV_10011",
        L"PCI\\VEN_1AF4&DEV_1001\\3",
        L"PCI\\VEN_1AG4&DEV_1001",
        L"PCI\\VEN_1AF&DEV_1001",
        L"PCI\\VEN_-AF4&DEV_1001",
        L"PCI\\VEN_ 1AF&DEV_1001",
        L"PCI\\CC_0601",
        L" PCI\\VEN_1AF4&DEV_1001",
        L"USB\\VID_0627&PID_0001",
        L"PCI\\VEN_\xff11\x0141"
        L"F4&DEV_1001",
        L"\x0150"
        L"CI\\VEN_1AF4&DEV_1001",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
        guint16 vendor = 1, device = 2;
        g_assert_false(os_device_parse_id(ids[i], &vendor, &device));
        g_assert_cmpuint(vendor, ==, 1);
        g_assert_cmpuint(device, ==, 2);
    }
}

static void test_dates(void)
{
    const FILETIME time = {.dwLowDateTime = 0xd53e8001, .dwHighDateTime = 0x019db1de};

    g_assert_cmpint(os_filetime_steps(time), ==, OS_FILETIME_1970 + 1);
    g_assert_cmpint(os_filetime_nanoseconds(OS_FILETIME_1970 + 1), ==, 100);
    g_assert_cmpint(os_filetime_nanoseconds(OS_FILETIME_1970 - 1), ==, -100);
    g_assert_cmpint(os_filetime_nanoseconds(133668576000000000), ==, 1722384000000000000);
    g_assert_cmpint(os_filetime_nanoseconds(0), ==, 0);
    g_assert_cmpint(os_filetime_nanoseconds(G_MAXINT64), ==, 0);
}

static void test_this_system(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = os_device_list(&error);

    g_assert_no_error(error);
    if (list->len == 0)
        g_test_skip("no device here has a driver");
    for (guint i = 0; i < list->len; i++) {
        const OsDevice *device = g_ptr_array_index(list, i);
        g_assert_nonnull(device->driver_name);
        g_assert_cmpstr(device->driver_name, !=, "");
        g_assert_true(device->is_pci || (device->vendor == 0 && device->device == 0));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/device/a-pci-id-is-two-numbers", test_pci);
    g_test_add_func("/device/what-is-nearly-a-pci-id-is-none", test_not_pci);
    g_test_add_func("/device/a-date-is-nanoseconds-since-1970", test_dates);
    g_test_add_func("/device/each-with-a-driver-has-a-name", test_this_system);
    return g_test_run();
}
