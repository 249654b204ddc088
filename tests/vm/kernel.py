# SPDX-License-Identifier: Apache-2.0
"""A kernel for the guest: Debian's cloud kernel, downloaded and unpacked, never installed."""

import glob
import lzma
import os
import re
import shutil
import struct
import subprocess

META_PACKAGE = "linux-image-cloud-amd64"
SIGNATURE = b"~Module signature appended~\n"
SIGNATURE_INFO = 12  # bytes of struct module_signature, include/linux/module_signature.h


class Missing(Exception):
    """Something a guest is made of cannot be had on this machine."""


def run(*command, **options):
    try:
        return subprocess.run(command, check=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              **options).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise Missing(f"no kernel: {error}: {getattr(error, 'output', '')}".strip()) from None


def download(cache):
    """Unpacks the current kernel package into @cache, if none is there."""
    target = os.path.join(cache, "kernel")
    if not os.path.isdir(target):
        os.makedirs(cache, exist_ok=True)
        depends = re.search(r"Depends: (linux-image-\S+)",
                            run("apt-cache", "depends", META_PACKAGE))
        if not depends:
            raise Missing(f"no kernel: {META_PACKAGE} depends on no linux-image package")
        run("apt-get", "download", "-q", depends.group(1), cwd=cache)
        package = max(glob.glob(os.path.join(cache, "*.deb")), key=os.path.getmtime)
        run("dpkg", "-x", package, target + ".new")
        os.rename(target + ".new", target)
        os.unlink(package)
    return target


class Kernel:
    """An unpacked kernel package: $VA_VM_KERNEL, or one downloaded into @cache."""

    def __init__(self, cache):
        root = os.environ.get("VA_VM_KERNEL") or download(cache)
        images = sorted(glob.glob(os.path.join(root, "boot", "vmlinuz-*")))
        if not images:
            raise Missing(f"no kernel in {root}")
        self.image = images[-1]
        version = self.image.rpartition("vmlinuz-")[2]
        self.modules = {}
        for path in glob.glob(f"{root}/**/modules/{version}/kernel/**/*.ko*", recursive=True):
            self.modules[self.canonical(os.path.basename(path).partition(".ko")[0])] = path

    @staticmethod
    def canonical(name):
        return name.replace("-", "_")

    @staticmethod
    def read(path):
        """A module's content, without its signature: checking it takes time when emulated."""
        with (lzma.open if path.endswith(".xz") else open)(path, "rb") as file:
            data = file.read()
        if not data.endswith(SIGNATURE):
            return data
        end = len(data) - len(SIGNATURE)
        size, = struct.unpack(">I", data[end - 4:end])
        return data[:end - SIGNATURE_INFO - size]

    def closure(self, names):
        """{name: content} of the modules and what they need, in the order to load them; those
        that are not there are built in, or missing."""
        found = {}

        def visit(name):
            path = self.modules.get(name)
            if not path or name in found:
                return
            data = self.read(path)
            depends = re.search(rb"\0depends=([^\0]*)\0", b"\0" + data)
            for other in depends.group(1).decode().split(",") if depends else ():
                visit(self.canonical(other))
            found[name] = data

        for name in names:
            visit(self.canonical(name))
        return found


def tool(name):
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not path:
        raise Missing(f"{name} is not installed")
    return path
