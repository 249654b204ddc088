# SPDX-License-Identifier: Apache-2.0
"""An emulated guest: starts QEMU, talks to QMP and the guest's debug shell, runs agents in it."""

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
import initramfs  # noqa: E402
import kernel as kernels  # noqa: E402

BOOT_MAX = 60  # seconds until the guest must answer; 5 to 12 are usual
SHELL_MAX = 30  # seconds a command in the debug shell may take
IDLE_MAX = 5    # seconds until an agent that has nothing to do must rest
SETTLE = 0.5    # seconds after which the guest's driver has heard of a host that left
PR_SET_PDEATHSIG = 1

PORT = "org.qemu.guest_agent.0"
SECOND_PORT = "org.virtagent.second"
SHELL_PORT = "debug.shell"
HARDWARE_ADDRESS = "52:54:00:12:34:56"
OPTIONS = ["-nodefaults", "-no-user-config", "-accel", "tcg,thread=multi", "-cpu", "max",
           "-smp", "2", "-m", "512", "-display", "none", "-netdev", "user,id=net,restrict=on",
           "-device", f"virtio-net-pci,netdev=net,romfile=,mac={HARDWARE_ADDRESS}",
           "-device", "virtio-serial-pci"]
COMMAND_LINE = "console=ttyS0 panic=-1 tsc=unstable nosoftlockup"


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Guest:
    """A guest with @programs, {name: path here}, in /usr/bin; use it in a `with` statement.

    Its virtio ports PORT and SECOND_PORT are the sockets `port` and `second`, its ttyS1 is
    `serial`."""

    def __init__(self, cache, programs):
        self.qemu = kernels.tool("qemu-system-x86_64")
        self.kernel = kernels.Kernel(cache)
        self.programs = programs
        self.dir = tempfile.mkdtemp(prefix="va-vm-")
        self.process = None
        self.events = []
        self.number = 0

    def path(self, name):
        return os.path.join(self.dir, name)

    def chardev(self, name):
        return ["-chardev", f"socket,id={name},path={self.path(name)},server=on,wait=off"]

    def command(self):
        command = [self.qemu, *OPTIONS, "-kernel", self.kernel.image, "-append", COMMAND_LINE,
                   "-initrd", self.path("initramfs"), "-serial", "file:" + self.path("console")]
        for name in ("port", "second", "shell", "serial", "qmp"):
            command += self.chardev(name)
        command += ["-serial", "chardev:serial", "-mon", "chardev=qmp,mode=control"]
        for name, port in (("port", PORT), ("second", SECOND_PORT), ("shell", SHELL_PORT)):
            command += ["-device", f"virtserialport,chardev={name},name={port},id=dev-{name}"]
        return command

    def start(self):
        with open(self.path("initramfs"), "wb") as file:
            file.write(initramfs.build(self.kernel, self.programs))
        try:
            self.boot()
        except RuntimeError as error:
            # Seen once in some fifty boots, with two processors busy: the kernel said nothing at
            # all.  What it says the next time is shown; the second boot is the last.
            print(f"booting again: {error}", file=sys.stderr, flush=True)
            self.process.kill()
            self.process.wait()
            self.boot()
        return self

    def boot(self):
        with open(self.path("errors"), "wb") as errors:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL,
                                            stdout=errors, stderr=errors,
                                            preexec_fn=die_with_parent)
        self.monitor = self.wait_for("qmp")
        self.monitor.line()
        self.qmp("qmp_capabilities")
        self.debug = self.wait_for("shell")
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

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
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
            self.events.append(reply["event"])
            reply = json.loads(self.monitor.line())
        if "error" in reply:
            raise RuntimeError(f"{command}: {reply['error']['desc']}")
        return reply["return"]

    def wait_event(self, name):
        while name not in self.events:
            self.events.append(json.loads(self.monitor.line())["event"])
        self.events.clear()

    def run(self, command, timeout=SHELL_MAX):
        """Exit status and output of one line of shell, run past the agent."""
        self.number += 1
        self.debug.send(b"%d %s\n" % (self.number, command.encode()))
        lines = []
        while True:
            text, mark, end = self.debug.line(timeout).rpartition(b"@@%d " % self.number)
            lines.append(text if mark else end)
            if mark:
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
        self.shell(f"n=0; until {condition}; do n=$((n+1)); [ $n -lt 500 ] || exit 1; "
                   "usleep 20000; done", SHELL_MAX)

    def connect(self, name="port"):
        return agents.Client(self.path(name))


class GuestAgent:
    """An agent running in @guest, fit to stand in for wire/agent.py's; use it with `with`."""

    count = 0

    def __init__(self, guest, program="virtagent", args=(), method="virtio-serial",
                 path="/dev/virtio-ports/" + PORT, socket_name="port"):
        GuestAgent.count += 1
        self.guest = guest
        self.name = f"agent{GuestAgent.count}"
        self.program, self.args = program, list(args)
        self.method, self.port, self.socket_name = method, path, socket_name
        self.env = {}
        self.pid = None
        self.dir = "/tmp/" + self.name

    def start(self):
        self.guest.shell(f"mkdir -p {self.dir}")
        env = [f"{key}={value}" for key, value in {"QGA_CONF": "", **self.env}.items()]
        command = ["env", *env, "/usr/bin/" + self.program, "-m", self.method,
                   "-p", self.port, "-t", self.dir, *self.args]
        self.pid = int(self.guest.shell(f"cd {self.dir}; spawn {self.name} {shlex.join(command)}"))
        return self

    def connect(self):
        return self.guest.connect(self.socket_name)

    def error_file(self):
        return f"/run/{self.name}.err"

    def errors(self):
        return self.guest.shell("cat " + self.error_file())

    def wait(self):
        """Its exit status, once it has ended."""
        self.guest.wait_until(f"[ -e /run/{self.name}.status ]")
        return int(self.guest.shell(f"cat /run/{self.name}.status"))

    def stop(self):
        """Ends the agent and returns its exit status."""
        self.guest.shell(f"[ -e /run/{self.name}.status ] || kill {self.pid}")
        return self.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, failure, *_):
        if failure:
            print(f"# {self.program} says: {self.errors()}", file=sys.stderr)
        self.stop()

    def switches(self):
        """How often its threads have run and gone to sleep again."""
        text = self.guest.shell(f"cat /proc/{self.pid}/task/*/status")
        return sum(int(line.split()[1]) for line in text.splitlines() if "ctxt_switches" in line)

    def processor_ticks(self):
        fields = self.guest.shell(f"cat /proc/{self.pid}/stat").rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def wait_open(self, what):
        """Until it has opened its channel, "vport", "ttyS1" or "socket", and rests."""
        self.guest.wait_until(f"ls -l /proc/{self.pid}/fd | grep -q {what}")
        self.wait_idle()

    def wait_idle(self):
        """Until what it did last has settled, or does not."""
        last = None
        deadline = time.monotonic() + IDLE_MAX
        while last != (last := self.switches()) and time.monotonic() < deadline:
            time.sleep(0.2)
