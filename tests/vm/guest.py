# SPDX-License-Identifier: Apache-2.0
"""An emulated guest: starts QEMU, talks to QMP and the guest's debug shell."""

import base64
import ctypes
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "wire"))
import agent as agents  # noqa: E402
import disks  # noqa: E402
import initramfs  # noqa: E402
import kernel as kernels  # noqa: E402
from guest_agent import PORT  # noqa: E402

BOOT_MAX = 60  # seconds until the guest must answer; 5 to 12 are usual
SHELL_MAX = 30  # seconds a command in the debug shell may take
SETTLE = 0.5    # seconds after which the guest's driver has heard of a host that left
PR_SET_PDEATHSIG = 1

SECOND_PORT = "org.virtagent.second"
SHELL_PORT = "debug.shell"
HARDWARE_ADDRESS = "52:54:00:12:34:56"
OPTIONS = ["-nodefaults", "-no-user-config", "-accel", "tcg,thread=multi", "-cpu", "max",
           "-smp", "2", "-display", "none", "-netdev", "user,id=net,restrict=on",
           "-device", f"virtio-net-pci,netdev=net,romfile=,mac={HARDWARE_ADDRESS}",
           "-device", "virtio-serial-pci"]
MEMORY = ["-m", "512,slots=1,maxmem=1G", "-object", "memory-backend-ram,id=stick,size=128M",
          "-device", "pc-dimm,id=dimm,memdev=stick"]  # a part that can be taken out of use
COMMAND_LINE = "console=ttyS0 panic=-1 memhp_default_state=offline tsc=unstable nosoftlockup"


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Guest:
    """A guest with @programs, {name: path here}, in /usr/bin; use it in a `with` statement.

    Its virtio ports PORT and SECOND_PORT are the sockets `port` and `second`, its ttyS1 is
    `serial`.  With @has_disks it has those of disks.py, mounted by `mount-disks`."""

    def __init__(self, cache, programs, has_disks=False):
        self.qemu = kernels.tool("qemu-system-x86_64")
        self.kernel = kernels.Kernel(cache)
        self.programs = programs
        self.dir = tempfile.mkdtemp(prefix="va-vm-")
        self.has_disks, self.disks = has_disks, None
        self.process = None
        self.events = []
        self.number = 0
        self.lost = None  # what the debug shell did not answer

    def path(self, name):
        return os.path.join(self.dir, name)

    def chardev(self, name):
        return ["-chardev", f"socket,id={name},path={self.path(name)},server=on,wait=off"]

    def command(self):
        command = [self.qemu, *OPTIONS, *MEMORY, "-kernel", self.kernel.image,
                   "-append", COMMAND_LINE, "-initrd", self.path("initramfs"),
                   "-serial", "file:" + self.path("console")]
        for name in ("port", "second", "shell", "serial", "qmp"):
            command += self.chardev(name)
        command += ["-serial", "chardev:serial", "-mon", "chardev=qmp,mode=control"]
        for name, port in (("port", PORT), ("second", SECOND_PORT), ("shell", SHELL_PORT)):
            command += ["-device", f"virtserialport,chardev={name},name={port},id=dev-{name}"]
        return command + (self.disks.options() if self.disks else [])

    def start(self):
        if self.has_disks:
            self.disks = disks.Disks(self.dir)
        with open(self.path("initramfs"), "wb") as file:
            file.write(initramfs.build(self.kernel, self.programs, self.disks))
        self.boot_patiently()
        return self

    def boot_patiently(self):
        try:
            self.boot()
        except RuntimeError as error:
            # Seen once in some fifty boots, with two processors busy: the kernel said nothing at
            # all.  What it says the next time is shown; the second boot is the last.
            print(f"booting again: {error}", file=sys.stderr, flush=True)
            self.end()
            self.boot()

    def boot(self):
        with open(self.path("errors"), "wb") as errors:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL,
                                            stdout=errors, stderr=errors,
                                            preexec_fn=die_with_parent)
        self.monitor = self.wait_for("qmp")
        self.monitor.line()
        self.qmp("qmp_capabilities")
        self.debug = self.wait_for("shell")
        self.lost = None
        try:
            self.shell("true", BOOT_MAX)
        except (TimeoutError, EOFError) as error:
            raise RuntimeError(f"the guest did not start: {error}\n{self.said()}") from None

    def wait_for(self, name):
        deadline = time.monotonic() + BOOT_MAX
        while True:
            try:
                return agents.Client(self.path(name))
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("QEMU did not start: " + self.said()) from None
                time.sleep(0.01)  # polling for the socket: there is nothing to wait on

    def said(self):
        text = ""
        for name in ("errors", "console"):
            if os.path.exists(self.path(name)):
                with open(self.path(name), encoding="utf-8", errors="replace") as file:
                    text += file.read()[-2000:]
        return text

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.events.clear()

    def stop(self):
        self.end()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()

    def qmp(self, command, **arguments):
        """The value that QMP returns."""
        request = {"execute": command, "arguments": arguments}
        reply = json.loads(self.monitor.ask(json.dumps(request)))
        while "event" in reply:
            self.events.append(reply)
            reply = json.loads(self.monitor.line())
        if "error" in reply:
            raise RuntimeError(f"{command}: {reply['error']['desc']}")
        return reply["return"]

    def clear_events(self):
        self.qmp("query-status")  # whose answer comes after all events before it
        self.events.clear()

    def wait_event(self, name, timeout=agents.REPLY_MAX):
        """Waits for an event of QMP and returns its data; forgets those before it."""
        while True:
            while self.events:
                event = self.events.pop(0)
                if event["event"] == name:
                    return event.get("data")
            self.events.append(json.loads(self.monitor.line(timeout)))

    def wait_console(self, pattern, timeout):
        """Until the console has said something like @pattern."""
        deadline = time.monotonic() + timeout
        while not pattern.search(self.console()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"the console does not say {pattern.pattern}: {self.said()}")
            time.sleep(0.05)  # QEMU writes a file: there is nothing to wait on

    def console(self):
        with open(self.path("console"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def start_again(self):
        """A new machine with the same disks, whatever state the guest is in.  A reset would not do:
        a machine that has run for minutes hangs in its second boot now and then, as its kernel
        waits for a timer of QEMU's."""
        self.end()
        self.boot_patiently()

    def run(self, command, timeout=SHELL_MAX):
        """Exit status and output of one line of shell, run past the agent."""
        if self.lost:
            raise EOFError("the debug shell is stuck: " + self.lost)
        self.lost = command
        self.number += 1
        self.debug.send(b"%d %s\n" % (self.number, command.encode()))
        lines = []
        while True:
            text, mark, end = self.debug.line(timeout).rpartition(b"@@%d " % self.number)
            lines.append(text if mark else end)
            if mark:
                self.lost = None
                return int(end), b"\n".join(lines).decode(errors="replace")

    def shell(self, command, timeout=SHELL_MAX):
        status, output = self.run(command, timeout)
        if status:
            raise RuntimeError(f"'{command}' in the guest: status {status}: {output}")
        return output

    def write(self, path, data):
        self.shell(f"echo {base64.b64encode(data).decode()} | base64 -d >{shlex.quote(path)}")

    def read(self, path):
        return base64.b64decode(self.shell(f"base64 {shlex.quote(path)}"))

    def wait_until(self, condition):
        """Waits until the shell command @condition is true in the guest."""
        self.shell(f"n=0; until {{ {condition}; }} 2>/dev/null; do n=$((n+1)); "
                   "[ $n -lt 500 ] || exit 1; usleep 20000; done", SHELL_MAX)

    def connect(self, name="port"):
        return agents.Client(self.path(name))
