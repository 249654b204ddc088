/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk-ask.h"
#include "os-disk-device.h"
#include "os-disk-nvme.h"
#include "os-disk-parse.h"

#include <gio/gio.h>
#include <string.h>

static void test_buses(void)
{
    static const struct {
        guint windows;
        OsBus bus;
    } cases[] = {
        {0x00, OS_BUS_UNKNOWN},      {0x01, OS_BUS_SCSI},
        {0x02, OS_BUS_IDE},          {0x03, OS_BUS_IDE},
        {0x04, OS_BUS_IEEE1394},     {0x05, OS_BUS_SSA},
        {0x06, OS_BUS_FIBRE},        {0x07, OS_BUS_USB},
        {0x08, OS_BUS_RAID},         {0x09, OS_BUS_ISCSI},
        {0x0a, OS_BUS_SAS},          {0x0b, OS_BUS_SATA},
        {0x0c, OS_BUS_SD},           {0x0d, OS_BUS_MMC},
        {0x0e, OS_BUS_VIRTUAL},      {0x0f, OS_BUS_FILE_BACKED_VIRTUAL},
        {0x10, OS_BUS_VIRTUAL},      {0x11, OS_BUS_NVME},
        {0x12, OS_BUS_UNKNOWN},      {0x7f, OS_BUS_UNKNOWN},
        {G_MAXUINT, OS_BUS_UNKNOWN},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpuint(os_disk_bus(cases[i].windows), ==, cases[i].bus);
}

static void assert_place(OsBus bus_type, gint channel, gint64 bus, gint64 target, gint64 unit)
{
    static const SCSI_ADDRESS at = {
        .Length = sizeof at, .PortNumber = 5, .PathId = 3, .TargetId = 1, .Lun = 7};
    OsDiskAddress address = {.bus_type = bus_type, .bus = 9, .target = 9, .unit = 9};

    os_disk_place(&address, &at, channel);
    g_assert_cmpint(address.bus, ==, bus);
    g_assert_cmpint(address.target, ==, target);
    g_assert_cmpint(address.unit, ==, unit);
}

static void test_places(void)
{
    OsDiskAddress unknown = {.bus_type = OS_BUS_SCSI, .bus = 9, .target = 9, .unit = 9};

    assert_place(OS_BUS_SCSI, -1, 3, 1, 7);
    assert_place(OS_BUS_SAS, -1, 3, 1, 7);
    assert_place(OS_BUS_ISCSI, -1, 3, 1, 7);
    assert_place(OS_BUS_FIBRE, -1, 3, 1, 7);
    assert_place(OS_BUS_RAID, -1, 3, 1, 7);
    assert_place(OS_BUS_SATA, -1, 0, 0, 3);
    assert_place(OS_BUS_IDE, -1, 3, 0, 1);
    assert_place(OS_BUS_IDE, 0, 0, 0, 1);
    assert_place(OS_BUS_IDE, 1, 1, 0, 1);
    assert_place(OS_BUS_NVME, -1, 0, 0, 7);
    assert_place(OS_BUS_USB, -1, 0, 0, 0);
    assert_place(OS_BUS_VIRTUAL, -1, 0, 0, 0);
    assert_place(OS_BUS_UNKNOWN, -1, 0, 0, 0);
    os_disk_place(&unknown, NULL, -1);
    g_assert_cmpint(unknown.bus | unknown.target | unknown.unit, ==, 0);
}

static void test_ide_channels(void)
{
    g_assert_cmpint(os_disk_ide_channel("PCIIDE\\IDECHANNEL\\4&10BF2F88&0&0"), ==, 0);
    g_assert_cmpint(os_disk_ide_channel("PCIIDE\\IDECHANNEL\\4&10BF2F88&0&1"), ==, 1);
    g_assert_cmpint(os_disk_ide_channel("pciide\\idechannel\\4&10bf2f88&0&1"), ==, 1);
    g_assert_cmpint(os_disk_ide_channel("PCIIDE\\IDECHANNEL\\4&10BF2F88&0&2"), ==, -1);
    g_assert_cmpint(os_disk_ide_channel("PCIIDE\\IDECHANNEL\\4&10BF2F88&0&11"), ==, -1);
    g_assert_cmpint(os_disk_ide_channel("PCIIDE\\IDECHANNEL"), ==, -1);
    g_assert_cmpint(os_disk_ide_channel("PCIIDE\\&"), ==, -1);
    g_assert_cmpint(os_disk_ide_channel("PCI\\VEN_8086&DEV_7010&0&1"), ==, -1);
    g_assert_cmpint(os_disk_ide_channel(""), ==, -1);
}

static void assert_pci(guint32 bus, guint32 address, OsPciAddress expected)
{
    OsPciAddress pci = os_disk_pci(bus, address);
    g_assert_cmpint(pci.domain, ==, expected.domain);
    g_assert_cmpint(pci.bus, ==, expected.bus);
    g_assert_cmpint(pci.slot, ==, expected.slot);
    g_assert_cmpint(pci.function, ==, expected.function);
}

static void test_pci(void)
{
    assert_pci(0, 0x00010001, (OsPciAddress){0, 0, 1, 1});
    assert_pci(0xff, 0x001f0007, (OsPciAddress){0, 0xff, 0x1f, 7});
    assert_pci(0x100, 0x00050000, (OsPciAddress){1, 0, 5, 0});
    assert_pci(0x1234fe, 0, (OsPciAddress){0x1234, 0xfe, 0, 0});
}

/* A descriptor with @text behind its head. */
static char *serial_of(DWORD offset, const char *text, gsize length)
{
    g_autofree guint8 *bytes = g_malloc(sizeof(STORAGE_DEVICE_DESCRIPTOR) + length);
    STORAGE_DEVICE_DESCRIPTOR head = {.SerialNumberOffset = offset};

    memcpy(bytes, &head, sizeof head);
    memcpy(bytes + sizeof head, text, length);
    return os_disk_serial(bytes, sizeof head + length);
}

#define HEAD ((DWORD)sizeof(STORAGE_DEVICE_DESCRIPTOR))

static void assert_serial(DWORD offset, const char *text, gsize length, const char *expected)
{
    g_autofree char *serial = serial_of(offset, text, length);
    g_assert_cmpstr(serial, ==, expected);
}

static void test_serials(void)
{
    assert_serial(HEAD, "  QM00001 \0garbage", 18, "QM00001");
    assert_serial(HEAD, "unended", 7, "unended");
    assert_serial(HEAD + 6, "unended", 7, "d");
    assert_serial(HEAD + 7, "unended", 7, NULL);
    assert_serial(0, "none", 5, NULL);
    assert_serial(0xffffffff, "none", 5, NULL);
    assert_serial(HEAD, "    ", 5, NULL);
    assert_serial(HEAD, "", 1, NULL);
    assert_serial(HEAD, "a\xff", 3, "a\xef\xbf\xbd");
}

static void test_short_descriptors(void)
{
    STORAGE_DEVICE_DESCRIPTOR head = {.SerialNumberOffset = 4};

    for (gsize size = 0; size < sizeof head; size++)
        g_assert_null(os_disk_serial(&head, size));
}

static void test_long_serials(void)
{
    g_autofree char *text = g_strnfill(4000, 'x');
    g_autofree char *serial = serial_of(HEAD, text, 4000);
    g_assert_cmpuint(strlen(serial), ==, 256);
}

static void test_nvme_serials(void)
{
    g_autofree char *padded = os_disk_serial_text("deadbeef            MODEL", 20);
    g_autofree char *full = os_disk_serial_text("01234567890123456789MODEL", 20);

    g_assert_cmpstr(padded, ==, "deadbeef");
    g_assert_cmpstr(full, ==, "01234567890123456789");
    g_assert_null(os_disk_serial_text("                    ", 20));
}

#define SPECIFIC ((gsize)G_STRUCT_OFFSET(OsDiskNvme, specific))
#define DATA     ((gsize)G_STRUCT_OFFSET(OsDiskNvme, data))

static void test_nvme_replies(void)
{
    g_autofree OsDiskNvme *reply = g_new0(OsDiskNvme, 1);
    const gsize offset = sizeof reply->specific;

    g_assert_cmpuint(SPECIFIC, ==, 8);
    g_assert_cmpuint(DATA, ==, 48);
    reply->specific.ProtocolDataOffset = (DWORD)offset;
    reply->specific.ProtocolDataLength = 512;
    g_assert_true(os_disk_nvme_data(reply, DATA + 512, 512) == reply->data);
    g_assert_null(os_disk_nvme_data(reply, DATA + 511, 512));
    g_assert_null(os_disk_nvme_data(reply, DATA - 1, 512));
    g_assert_null(os_disk_nvme_data(reply, 0, 512));
    g_assert_null(os_disk_nvme_data(reply, DATA + 1024, 513));
    reply->specific.ProtocolDataOffset = (DWORD)offset + 8;
    g_assert_true(os_disk_nvme_data(reply, DATA + 520, 512) == reply->data + 8);
    g_assert_null(os_disk_nvme_data(reply, DATA + 519, 512));
    reply->specific.ProtocolDataOffset = (DWORD)offset - 1;
    g_assert_null(os_disk_nvme_data(reply, DATA + 512, 512));
    reply->specific.ProtocolDataOffset = G_MAXUINT32;
    g_assert_null(os_disk_nvme_data(reply, DATA + 512, 512));
}

static void test_smart(void)
{
    guint8 page[OS_DISK_NVME_SMART];
    OsNvmeSmart smart;

    for (guint i = 0; i < sizeof page; i++)
        page[i] = (guint8)i;
    os_disk_nvme_smart_parse(page, &smart);
    g_assert_cmpuint(smart.critical_warning, ==, 0);
    g_assert_cmpuint(smart.temperature, ==, 0x0201);
    g_assert_cmpuint(smart.available_spare, ==, 3);
    g_assert_cmpuint(smart.available_spare_threshold, ==, 4);
    g_assert_cmpuint(smart.percentage_used, ==, 5);
    g_assert_cmphex(smart.data_units_read[0], ==, 0x2726252423222120);
    g_assert_cmphex(smart.data_units_read[1], ==, 0x2f2e2d2c2b2a2928);
    g_assert_cmphex(smart.data_units_written[0], ==, 0x3736353433323130);
    g_assert_cmphex(smart.host_read_commands[0], ==, 0x4746454443424140);
    g_assert_cmphex(smart.host_write_commands[0], ==, 0x5756555453525150);
    g_assert_cmphex(smart.controller_busy_time[0], ==, 0x6766656463626160);
    g_assert_cmphex(smart.power_cycles[0], ==, 0x7776757473727170);
    g_assert_cmphex(smart.power_on_hours[0], ==, 0x8786858483828180);
    g_assert_cmphex(smart.unsafe_shutdowns[0], ==, 0x9796959493929190);
    g_assert_cmphex(smart.media_errors[0], ==, 0xa7a6a5a4a3a2a1a0);
    g_assert_cmphex(smart.number_of_error_log_entries[1], ==, 0xbfbebdbcbbbab9b8);
}

static void test_copies(void)
{
    OsCcwAddress ccw = {0, 1, 2, 3};
    OsDiskAddress address = {.bus_type = OS_BUS_SATA, .unit = 4, .serial = (char *)"s"};
    g_autoptr(OsDiskAddress) copy = NULL, other = NULL;

    copy = os_disk_address_copy(&address);
    g_assert_cmpstr(copy->serial, ==, "s");
    g_assert_true(copy->serial != address.serial);
    g_assert_null(copy->device);
    g_assert_null(copy->ccw);
    g_assert_cmpint(copy->unit, ==, 4);
    address.ccw = &ccw;
    other = os_disk_address_copy(&address);
    g_assert_true(other->ccw != &ccw && other->ccw->devno == 3);
}

/* Numbers are devices: each is below the next, down from the last one. */
static const struct {
    const char *instance;
    guint32 bus, address;
} tree[] = {
    {"IDE\\DISKQEMU_HARDDISK\\5&2BC294A8&0&0.0.0", 7, 7},
    {"PCIIDE\\IDECHANNEL\\4&10BF2F88&0&1", 7, 1},
    {"PCI\\VEN_8086&DEV_7010\\3&13C0B0C5&0&09", 2, 0x00010001},
    {"PCI\\VEN_1B36&DEV_0001\\3&13C0B0C5&0&1", 0, 0x00030000},
    {"ACPI\\PNP0A03\\0", 7, 7},
};

static gboolean tree_parent(DEVINST *device)
{
    return ++*device < G_N_ELEMENTS(tree);
}

static char *tree_instance(DEVINST device)
{
    return g_strdup(tree[device].instance);
}

static gboolean tree_number(DEVINST device, ULONG property, guint32 *number)
{
    *number = property == CM_DRP_ADDRESS ? tree[device].address : tree[device].bus;
    return TRUE;
}

static gboolean no_number(DEVINST device, ULONG property, guint32 *number)
{
    return FALSE;
}

/* A device that is its own parent. */
static gboolean same_parent(DEVINST *device)
{
    return TRUE;
}

static void test_above(void)
{
    static const OsDiskTree all = {tree_parent, tree_instance, tree_number};
    static const OsDiskTree nameless = {tree_parent, tree_instance, no_number};
    static const OsDiskTree endless = {same_parent, tree_instance, tree_number};
    OsDiskAbove above = os_disk_above_in(&all, 0);

    g_assert_cmpint(above.pci.bus, ==, 2);
    g_assert_cmpint(above.pci.slot, ==, 1);
    g_assert_cmpint(above.pci.function, ==, 1);
    g_assert_cmpint(above.ide_channel, ==, 1);
    above = os_disk_above_in(&all, 2);
    g_assert_cmpint(above.pci.slot, ==, 3);
    g_assert_cmpint(above.ide_channel, ==, -1);
    above = os_disk_above_in(&all, 3);
    g_assert_cmpint(above.pci.domain, ==, -1);
    above = os_disk_above_in(&nameless, 0);
    g_assert_cmpint(above.pci.slot, ==, -1);
    above = os_disk_above_in(&endless, 0);
    g_assert_cmpint(above.pci.slot, ==, -1);
}

static void test_new(void)
{
    static const OsDiskAbove above = {{0, 0, 1, 1}, 1};
    OsDiskAnswer answer = {.number = 3,
                           .bus_type = OS_BUS_IDE,
                           .has_place = TRUE,
                           .place = {.TargetId = 1},
                           .serial = g_strdup("QM00003")};
    g_autoptr(OsDiskDevice) disk = os_disk_device_new(OS_DISK_KIND_DISK, &answer, &above);
    g_autoptr(OsDiskDevice) optical = os_disk_device_new(OS_DISK_KIND_OPTICAL, &answer, &above);

    g_assert_cmpstr(disk->address->device, ==, "\\\\.\\PhysicalDrive3");
    g_assert_cmpstr(optical->address->device, ==, "\\\\.\\CdRom3");
    g_assert_cmpstr(disk->address->serial, ==, "QM00003");
    g_assert_null(answer.serial);
    g_assert_cmpint(disk->address->bus, ==, 1);
    g_assert_cmpint(disk->address->unit, ==, 1);
    g_assert_cmpint(disk->address->pci.function, ==, 1);
}

static void test_find(void)
{
    OsDiskDevice disk = {OS_DISK_KIND_DISK, 1, FALSE, NULL};
    OsDiskDevice optical = {OS_DISK_KIND_OPTICAL, 1, FALSE, NULL};
    g_autoptr(GPtrArray) devices = g_ptr_array_new();

    g_ptr_array_add(devices, &optical);
    g_ptr_array_add(devices, &disk);
    g_assert_true(os_disk_devices_find(devices, OS_DISK_KIND_DISK, 1) == &disk);
    g_assert_true(os_disk_devices_find(devices, OS_DISK_KIND_OPTICAL, 1) == &optical);
    g_assert_null(os_disk_devices_find(devices, OS_DISK_KIND_DISK, 0));
}

static void test_list(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) disks = os_disk_list(&error);

    g_assert_no_error(error);
    g_assert_nonnull(disks);
    for (guint i = 0; i < disks->len; i++) {
        const OsDisk *disk = g_ptr_array_index(disks, i);
        g_assert_true(g_str_has_prefix(disk->name, "\\\\.\\PhysicalDrive"));
        g_assert_false(disk->partition);
        g_assert_cmpuint(disk->dependencies->len, ==, 0);
        g_assert_cmpstr(disk->address->device, ==, disk->name);
        g_assert_true(disk->nvme == (disk->address->bus_type == OS_BUS_NVME));
    }
}

static void test_ask(void)
{
    g_auto(OsDiskAnswer) answer = {0};

    if (!os_disk_ask(L"\\\\.\\PhysicalDrive0", &answer)) {
        g_test_skip("this machine shows no first disk");
        return;
    }
    g_assert_cmpuint(answer.number, ==, 0);
    g_assert_false(answer.empty);
    g_assert_true(!answer.serial || *answer.serial);
}

static void test_missing(void)
{
    OsDisk disk = {.name = (char *)"\\\\.\\PhysicalDrive4000", .nvme = TRUE};
    OsDiskAnswer answer = {.number = 77};
    OsNvmeSmart smart = {.temperature = 77};

    g_assert_false(os_disk_ask(L"\\\\.\\PhysicalDrive4000", &answer));
    g_assert_cmpuint(answer.number, ==, 77);
    g_assert_false(os_disk_smart(&disk, 1000, &smart));
    g_assert_cmpuint(smart.temperature, ==, 77);
    disk.name = (char *)"C:\\";
    g_assert_false(os_disk_smart(&disk, 1000, &smart));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/disk/each-bus-of-windows-has-its-own", test_buses);
    g_test_add_func("/disk/places-are-those-by-which-libvirt-addresses", test_places);
    g_test_add_func("/disk/an-ide-channel-is-in-the-name-of-its-device", test_ide_channels);
    g_test_add_func("/disk/the-bus-number-has-the-domain-above-it", test_pci);
    g_test_add_func("/disk/serials-are-trimmed-and-stay-within-the-answer", test_serials);
    g_test_add_func("/disk/a-short-descriptor-has-no-serial", test_short_descriptors);
    g_test_add_func("/disk/a-serial-has-an-end", test_long_serials);
    g_test_add_func("/disk/nvme-serials-need-no-end", test_nvme_serials);
    g_test_add_func("/disk/nvme-replies-must-hold-what-they-say", test_nvme_replies);
    g_test_add_func("/disk/smart-is-read-from-the-log-page", test_smart);
    g_test_add_func("/disk/the-nearest-pci-device-is-the-controller", test_above);
    g_test_add_func("/disk/what-it-says-and-what-is-above-make-its-address", test_new);
    g_test_add_func("/disk/a-copied-address-shares-nothing", test_copies);
    g_test_add_func("/disk/numbers-count-for-each-kind", test_find);
    g_test_add_func("/disk/the-list-is-of-whole-disks", test_list);
    g_test_add_func("/disk/the-first-disk-answers", test_ask);
    g_test_add_func("/disk/a-missing-disk-tells-nothing", test_missing);
    return g_test_run();
}
