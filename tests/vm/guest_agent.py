# SPDX-License-Identifier: Apache-2.0
"""An agent that runs in an emulated guest."""

import shlex
import sys
import time

PORT = "org.qemu.guest_agent.0"
IDLE_MAX = 5  # seconds until an agent that has nothing to do must rest


class GuestAgent:
    """An agent running in @guest, fit to stand in for wire/agent.py's; use it with `with`."""

    count = 0

    def __init__(self, guest, program="virtagent", args=(), method="virtio-serial",
                 path="/dev/virtio-ports/" + PORT, socket_name="port", state=None):
        GuestAgent.count += 1
        self.guest = guest
        self.name = f"agent{GuestAgent.count}"
        self.program, self.args = program, list(args)
        self.method, self.port, self.socket_name = method, path, socket_name
        self.env = {}
        self.pid = None
        self.dir = "/tmp/" + self.name
        self.state = state or self.dir

    def start(self):
        """Also starts it again, with the same state, once it has ended."""
        self.guest.shell(f"mkdir -p {self.dir}")
        env = [f"{key}={value}" for key, value in {"QGA_CONF": "", **self.env}.items()]
        command = ["env", *env, "/usr/bin/" + self.program, "-m", self.method,
                   "-p", self.port, "-t", self.state, *self.args]
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

    def kill(self):
        self.guest.shell(f"[ -e /run/{self.name}.status ] || kill -9 {self.pid}")
        self.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, failure, *_):
        if failure:
            print(f"# {self.program} says: {self.errors()}\n# the guest says: "
                  f"{self.guest.said()}", file=sys.stderr)
            self.kill()  # who knows what it is stuck in
        else:
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
