# SPDX-License-Identifier: Apache-2.0
"""A world of our own to run services in: mounts, processes and network are private to it, and end
with it."""

import os
import signal
import subprocess
import sys

from kernel import Missing, tool

INSIDE = "VA_VM_PRIVATE"  # in the environment: we have been started again, inside
UNSHARE = ["--mount", "--pid", "--ipc", "--net", "--fork", "--kill-child", "--mount-proc"]
HIDING = ["mount", "-t", "tmpfs", "-o", "mode=755", "private"]
HIDDEN = ["/run", "/etc/libvirt", "/var/lib", "/var/cache", "/var/log"]
# Debian's libvirt asks for this user and group before it reads that root is to run QEMU.
ADDED = {"/etc/passwd": "libvirt-qemu:x:64055:64055::/:/usr/sbin/nologin\n",
         "/etc/group": "libvirt-qemu:x:64055:\n"}


def enter(needed):
    """Starts this program again in namespaces of its own, where it returns; the files @needed must
    be there, too."""
    if INSIDE in os.environ:
        return
    if os.geteuid() != 0:
        raise Missing("only root may have a libvirtd of its own")
    for path in (*needed, sys.executable):
        if os.path.realpath(path).startswith(tuple(hidden + "/" for hidden in HIDDEN)):
            raise Missing(f"{path} is where libvirt's own files must be hidden")
    unshare = tool("unshare")
    refused = subprocess.run([unshare, *UNSHARE, *HIDING, HIDDEN[0]], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             check=False)
    if refused.returncode:
        raise Missing(f"this machine allows no private namespaces: {refused.stdout.strip()}")
    os.environ[INSIDE] = "1"
    sys.stdout.flush()
    os.execv(unshare, [unshare, *UNSHARE, sys.executable, *sys.argv])


def hide_machine():
    """Lays empty directories over those that libvirt reads and writes."""
    for path in HIDDEN:
        subprocess.run([*HIDING, path], check=True)
    for path, line in ADDED.items():
        with open(path, encoding="utf-8") as file:
            text = file.read()
        copy = "/run/" + os.path.basename(path)
        with open(copy, "w", encoding="utf-8") as file:
            file.write(text + line)
        subprocess.run(["mount", "--bind", copy, path], check=True)


def run_as_child(function):
    """The exit status of @function, run in a child, while this process, which is process 1 in
    here, reaps what others leave behind: libvirt waits until an ended QEMU is no zombie.  When this
    process ends, for whatever reason, the kernel ends all others."""
    child = os.fork()
    if child == 0:
        sys.exit(function())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        ended, status = os.wait()
        if ended == child:
            return os.waitstatus_to_exitcode(status) & 0xFF
