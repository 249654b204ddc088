# SPDX-License-Identifier: Apache-2.0
"""Windows' services and registry, as a test asks for them with Windows' own programs."""

import subprocess
import tempfile
import time

import wine

SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
SOURCE = SERVICES + r"\EventLog\Application\virtagent"
STATE_MAX = 20  # seconds until a service must be in a state


def run(program, *words):
    """(exit code, standard output and error); files, as wine's children would hold a pipe open."""
    with tempfile.TemporaryFile() as out:
        code = subprocess.run(["wine", program, *words], env=wine.environment(),
                              stdin=subprocess.DEVNULL, stdout=out, stderr=out, timeout=60,
                              check=False).returncode
        out.seek(0)
        return code, out.read().decode(errors="replace")


def value(key, name):
    """A registry value, None if it or its key is missing."""
    code, text = run("reg", "query", key, "/v", name)
    words = [line.split(None, 2) for line in text.splitlines()]
    found = [line[2] for line in words if len(line) == 3 and line[0] == name]
    return found[0].strip() if code == 0 and found else None


def status(name):
    """What `sc query` says, by its names: STATE is a word, exit codes are numbers."""
    lines = [line.split(":", 1) for line in run("sc", "query", name)[1].splitlines() if ":" in line]
    fields = {key.strip(): rest.split() for key, rest in lines}
    return {"STATE": fields["STATE"][1],
            "WIN32": int(fields["WIN32_EXIT_CODE"][0]),
            "SERVICE": int(fields["SERVICE_EXIT_CODE"][0])}


def wait_for(name, state):
    deadline = time.monotonic() + STATE_MAX
    while (now := status(name))["STATE"] != state:
        if time.monotonic() > deadline:
            raise AssertionError(f"the service is {now}, not {state}")
        time.sleep(0.05)  # polling: sc has nothing to wait on
    return now
