# SPDX-License-Identifier: Apache-2.0
"""The guest's files: busybox, kernel modules, a few programs with their libraries, our scripts."""

import glob
import os
import re
import stat
import subprocess
import tempfile

import disks as guest_disks
from kernel import Missing, tool

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.join(HERE, "guest")
SOURCES = os.path.join(HERE, "guest-src", "*.c")
LOADED = ["virtio_pci", "virtio_console", "virtio_net", "button"]
# In the guest as /lib/modules/NAME.list, loaded by the test that needs them.
AT_HAND = {"vsock_loopback": ["vsock_loopback"], "disks": guest_disks.MODULES}
ZONE = "/usr/share/zoneinfo/Europe/Berlin"
DIRECTORIES = ["proc", "sys", "dev", "run", "tmp", "root", "var", "usr/sbin", "mnt"]
LOOP_MIB = 4  # the filesystem in a file
# chpasswd sets a password by PAM, PAM's unix_chkpwd says whether one is right.
ACCOUNT_PROGRAMS = ["chpasswd", "unix_chkpwd"]
PAM_MODULES = ["pam_unix.so", "pam_permit.so", "pam_deny.so"]
TESTER = (1000, 1000)


class Archive:
    """A cpio archive of the kind that the kernel unpacks, initramfs-buffer-format(7)."""

    def __init__(self):
        self.parts = []
        self.known = set()

    def entry(self, name, mode, data=b"", device=(0, 0), owner=(0, 0)):
        path = name.encode() + b"\0"
        fields = (len(self.parts) + 1, mode, *owner, 1, 0, len(data), 0, 0, *device, len(path), 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + path
        self.parts.append(head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4))

    def claim(self, name):
        """False if @name has been added already; else its directories are there."""
        if name in self.known:
            return False
        self.known.add(name)
        parent = os.path.dirname(name)
        if parent and self.claim(parent):
            self.entry(parent, stat.S_IFDIR | 0o755)
        return True

    def directory(self, name):
        if self.claim(name):
            self.entry(name, stat.S_IFDIR | 0o755)

    def file(self, name, data, mode=0o644):
        if self.claim(name):
            self.entry(name, stat.S_IFREG | mode, data)

    def link(self, name, target):
        if self.claim(name):
            self.entry(name, stat.S_IFLNK | 0o777, target.encode())

    def copy(self, source, name, mode=0o644):
        with open(source, "rb") as file:
            self.file(name.lstrip("/"), file.read(), mode)

    def program(self, source, name):
        """A program with the libraries it needs to start."""
        self.copy(source, name, 0o755)
        needs = subprocess.run(["ldd", source], check=True, stdout=subprocess.PIPE,
                               text=True).stdout
        for path in re.findall(r"(/\S+) \(", needs):
            self.copy(path, path, 0o755)

    def finish(self):
        self.entry("TRAILER!!!", 0)
        return b"".join(self.parts)


def add_busybox(archive):
    busybox = tool("busybox")
    linked = subprocess.run(["ldd", busybox], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, check=False).stdout
    if "not a dynamic" not in linked:
        raise Missing("busybox is not static: busybox-static is not installed")
    archive.copy(busybox, "bin/busybox", 0o755)
    applets = subprocess.run([busybox, "--list-full"], check=True, stdout=subprocess.PIPE,
                             text=True).stdout
    for name in applets.split():
        archive.link(name, "/bin/busybox")
        archive.link("bin/" + os.path.basename(name), "/bin/busybox")


def add_modules(archive, kernel):
    lists = {"boot": kernel.closure(LOADED)}
    lists.update((name, kernel.closure(wanted)) for name, wanted in AT_HAND.items())
    for name, modules in lists.items():
        for module, data in modules.items():
            archive.file(f"lib/modules/{module}.ko", data)
        paths = "".join(f"/lib/modules/{module}.ko\n" for module in modules)
        archive.file(f"lib/modules/{name}.list", paths.encode())


def add_scripts(archive):
    for directory, _, names in os.walk(SCRIPTS):
        for name in names:
            path = os.path.join(directory, name)
            mode = 0o755 if os.access(path, os.X_OK) else 0o644
            archive.copy(path, os.path.relpath(path, SCRIPTS), mode)


def add_accounts(archive):
    """A home, the password file, and what sets passwords on this machine."""
    if archive.claim("home/tester"):
        archive.entry("home/tester", stat.S_IFDIR | 0o755, owner=TESTER)
    archive.file("etc/shadow", b"root:*:19000:0:99999:7:::\ntester:!:19000:0:99999:7:::\n", 0o600)
    for name in ACCOUNT_PROGRAMS:
        archive.program(tool(name), "usr/sbin/" + name)
        archive.link("sbin/" + name, "/usr/sbin/" + name)
    for name in PAM_MODULES:
        for path in glob.glob("/lib/*/security/" + name):
            archive.program(path, path.lstrip("/"))


def add_tools(archive):
    """Programs of our own, made now: static, so that nothing of them is on a frozen disk."""
    with tempfile.TemporaryDirectory(prefix="va-tools-") as directory:
        for source in glob.glob(SOURCES):
            name = os.path.basename(source)[:-2]
            made = os.path.join(directory, name)
            subprocess.run([os.environ.get("CC", "cc"), "-std=gnu11", "-O2", "-D_GNU_SOURCE",
                            "-static", "-o", made, source], check=True)
            archive.copy(made, "usr/bin/" + name, 0o755)


def add_disks(archive, disks):
    archive.file("etc/disks.list", disks.mount_table().encode())
    with tempfile.NamedTemporaryFile(prefix="va-loop-") as file:
        guest_disks.make_filesystem(file.name, LOOP_MIB, "ext4")
        archive.copy(file.name, "etc/loop.img")


def build(kernel, programs, disks=None):
    """An initramfs whose /usr/bin holds @programs, {name: path here}, for a guest with @disks."""
    archive = Archive()
    for name in DIRECTORIES:
        archive.directory(name)
    archive.entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    archive.link("var/run", "/run")
    for name, path in programs.items():
        archive.program(path, "usr/bin/" + name)
    add_scripts(archive)
    add_busybox(archive)
    add_modules(archive, kernel)
    add_accounts(archive)
    add_tools(archive)
    if disks:
        add_disks(archive, disks)
    if os.path.exists(ZONE):
        archive.copy(ZONE, ZONE)
        archive.link("etc/localtime", ZONE)
    return archive.finish()
