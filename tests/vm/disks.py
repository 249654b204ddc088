# SPDX-License-Identifier: Apache-2.0
"""The guest's disks: sparse images with filesystems made on this machine."""

import os
import shutil
import struct
import subprocess

from kernel import Missing, tool

MIB = 1 << 20
SECTOR = 512
MAKERS = {"ext4": ("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=1,nodiscard"),
          "xfs": ("mkfs.xfs", "-q", "-f"),
          "btrfs": ("mkfs.btrfs", "-q", "-f"),
          "vfat": ("mkfs.vfat",)}


class Part:
    """What is on a disk, or on partition @number of one (0: no partitions)."""

    def __init__(self, mib, kind, directory, number=0):
        self.mib, self.kind, self.directory, self.number = mib, kind, directory, number


class Disk:
    """A disk with @serial on @bus: virtio, scsi or nvme; @address is where its controller is on
    the PCI bus."""

    def __init__(self, serial, bus, address, *parts):
        self.serial, self.bus, self.address, self.parts = serial, bus, address, parts

    def drive(self):
        return self.serial.lower()


SCSI_ADDRESS = 0x18  # of the virtio-scsi controller
SCSI_TARGET, SCSI_UNIT = 3, 1
DISKS = (
    Disk("EXT4DISK", "virtio", 0x10, Part(256, "ext4", "/mnt/ext4")),
    Disk("XFSDISK", "virtio", 0x11, Part(320, "xfs", "/mnt/xfs")),
    Disk("MBRDISK", "virtio", 0x12, Part(40, "vfat", "/mnt/vfat", 1),
         Part(32, "ext4", "/mnt/part2", 2), Part(32, "ext4", "/mnt/hidden", 3)),
    Disk("BTRFSDISK", "virtio", 0x13, Part(128, "btrfs", "/mnt/btrfs")),
    Disk("SCSIDISK", "scsi", SCSI_ADDRESS, Part(64, "ext4", "/mnt/scsi")),
    Disk("NVMEDISK", "nvme", 0x19, Part(64, "ext4", "/mnt/nvme")),
    Disk("EMPTYDISK", "virtio", 0x14),
)
PARTITION_TYPES = {"vfat": 0x0C, "ext4": 0x83}
MODULES = ["virtio_blk", "virtio_scsi", "sd_mod", "nvme", "loop", "ext4", "xfs", "btrfs", "vfat",
           "nls_cp437", "nls_ascii", "nls_iso8859_1", "fuse"]


def make_filesystem(path, mib, kind):
    program, *options = MAKERS[kind]
    with open(path, "wb") as file:
        file.truncate(mib * MIB)
    done = subprocess.run([tool(program), *options, path], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise Missing(f"{program} does not work: {done.stdout}")


def copy_sparse(source, target, offset):
    """Puts the file @source into the file @target; what is only zeros stays a hole."""
    with open(source, "rb") as reader, open(target, "r+b") as writer:
        while block := reader.read(MIB):
            if block.count(0) != len(block):
                writer.seek(offset)
                writer.write(block)
            offset += len(block)


def make_partitioned(path, parts):
    """A disk with an MBR, each partition beginning at a full MiB."""
    record = bytearray(SECTOR)
    record[440:444] = b"VAVM"
    record[510:512] = b"\x55\xaa"
    with open(path, "wb") as file:
        file.truncate((1 + sum(part.mib for part in parts)) * MIB)
    start = MIB
    for part in parts:
        make_filesystem(path + ".part", part.mib, part.kind)
        copy_sparse(path + ".part", path, start)
        os.unlink(path + ".part")
        entry = 446 + 16 * (part.number - 1)
        record[entry:entry + 16] = struct.pack(
            "<B3sB3sII", 0, b"\xfe\xff\xff", PARTITION_TYPES[part.kind], b"\xfe\xff\xff",
            start // SECTOR, part.mib * MIB // SECTOR)
        start += part.mib * MIB
    with open(path, "r+b") as file:
        file.write(record)


class Disks:
    """The images of @disks, made in @directory."""

    def __init__(self, directory, disks=DISKS):
        self.directory, self.disks = directory, disks
        for disk in disks:
            self.make(disk, self.path(disk))

    def path(self, disk):
        return os.path.join(self.directory, disk.serial.lower() + ".img")

    @staticmethod
    def make(disk, path):
        if not disk.parts:
            with open(path, "wb") as file:
                file.truncate(16 * MIB)
        elif disk.parts[0].number:
            make_partitioned(path, disk.parts)
        else:
            make_filesystem(path, disk.parts[0].mib, disk.parts[0].kind)

    def by_serial(self, serial):
        return next(disk for disk in self.disks if disk.serial == serial)

    def options(self):
        """QEMU's options for them.  A disk is named as its drive() is, with "dev-" before."""
        options = ["-device", f"virtio-scsi-pci,id=scsi,addr={SCSI_ADDRESS:#x}"]
        for disk in self.disks:
            name = disk.drive()
            place = f"addr={disk.address:#x}"
            if disk.bus == "scsi":
                place = f"bus=scsi.0,scsi-id={SCSI_TARGET},lun={SCSI_UNIT}"
            device = {"virtio": "virtio-blk-pci", "scsi": "scsi-hd", "nvme": "nvme"}[disk.bus]
            options += ["-drive", f"if=none,id={name},file={self.path(disk)},format=raw,"
                        "discard=unmap,cache=unsafe",
                        "-device", f"{device},drive={name},id=dev-{name},serial={disk.serial},"
                        + place]
        return options

    def mount_table(self):
        """What the guest's mount-disks reads: a line "SERIAL PARTITION TYPE DIRECTORY" each."""
        return "".join(f"{disk.serial} {part.number} {part.kind} {part.directory}\n"
                       for disk in self.disks for part in disk.parts)


def are_available():
    return all(shutil.which(maker[0], path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
               for maker in MAKERS.values())
