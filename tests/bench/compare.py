#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures an agent beside another one, in turns, and prints the ratios as a Markdown table.

    compare.py BENCH AGENT [OTHER] [--seconds S] [--rounds N] [--only MEASURE,...]

OTHER is Debian's qemu-ga unless named.  Ratios are what counts: the two take turns in one run, so
a machine that is busy slows both.  A ratio above 1 is good throughout.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "wire"))
import agent as agents  # noqa: E402

RATES = [  # what, how it reads, the unit, the aim as a ratio
    ("ping", "guest-ping", "/s", 3),
    ("pipeline", "guest-ping, 1000 in one go", "/s", 3),
    ("info", "guest-info", "/s", 1),
    ("get-osinfo", "guest-get-osinfo", "/s", 1),
    ("network-get-interfaces", "guest-network-get-interfaces", "/s", 1),
    ("exec", "guest-exec /bin/true, polled", "/s", 3),
    ("read-1", "guest-file-read of 1 MiB", "MB/s", 10),
    ("write-1", "guest-file-write of 1 MiB", "MB/s", 30),
    ("read-32", "guest-file-read of 32 MiB", "MB/s", 10),
    ("write-32", "guest-file-write of 32 MiB", "MB/s", 25),
]
IDLE_SECONDS = 10
PAYLOAD = 32 << 20


def figure(value, unit):
    return f"{value / 1e6:,.0f} {unit}" if unit == "MB/s" else f"{value:,.0f} {unit}"


def rate(bench, agent, measure, seconds):
    output = subprocess.run([bench, agent.path, measure, str(seconds)], check=True,
                            stdout=subprocess.PIPE, text=True).stdout
    return float(output)


def compare_rates(args, ours, other):
    for measure, words, unit, aim in RATES:
        if args.only and measure not in args.only.split(","):
            continue
        pairs = [(rate(args.bench, ours, measure, args.seconds),
                  rate(args.bench, other, measure, args.seconds)) for _ in range(args.rounds)]
        mine, theirs = (statistics.median(column) for column in zip(*pairs))
        ratio = statistics.median(a / b for a, b in pairs)
        print(f"| {words} | {figure(mine, unit)} | {figure(theirs, unit)} | "
              f"{ratio:.1f} | {aim} |", flush=True)


def status(agent, key):
    with open(f"/proc/{agent.process.pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith(key + ":"):
                return int(line.split()[1]) * 1024
    raise KeyError(key)


def switches(agent):
    """How often any thread of the agent has run and gone to sleep again."""
    total = 0
    for task in os.listdir(f"/proc/{agent.process.pid}/task"):
        with open(f"/proc/{agent.process.pid}/task/{task}/status", encoding="ascii") as file:
            total += sum(int(line.split()[1]) for line in file if "ctxt_switches" in line)
    return total


def transfer(agent, request_of, handle):
    """Resident memory while and after moving the payload once, in bytes."""
    with open(f"/proc/{agent.process.pid}/clear_refs", "w", encoding="ascii") as file:
        file.write("5")  # resets the peak, proc(5)
    with agent.connect() as client:
        client.send(request_of(handle))
        client.line()
        peak = status(agent, "VmHWM")
    with agent.connect() as client:
        client.ask('{"execute":"guest-ping"}')
        return peak, status(agent, "VmRSS")


def open_file(agent, path, mode):
    with agent.connect() as client:
        reply = client.ask('{"execute":"guest-file-open","arguments":{"path":"%s","mode":"%s"}}'
                           % (path, mode))
    return int(reply.decode().split(": ")[1].rstrip("}"))


def read_request(handle):
    return (f'{{"execute":"guest-file-read","arguments":{{"handle":{handle},'
            f'"count":{PAYLOAD}}}}}\n').encode()


def write_request(handle):
    return (f'{{"execute":"guest-file-write","arguments":{{"handle":{handle},"buf-b64":"'.encode()
            + b"A" * (PAYLOAD // 3 * 4) + b'"}}\n')


def memory(agent):
    """idle, peak and after of one read, peak and after of one write; in MiB."""
    path = os.path.join(agent.dir, "payload")
    with open(path, "wb") as file:
        file.write(b"x" * PAYLOAD)
    with agent.connect() as client:
        client.ask('{"execute":"guest-ping"}')
    idle = status(agent, "VmRSS")
    read = transfer(agent, read_request, open_file(agent, path, "r"))
    write = transfer(agent, write_request, open_file(agent, path, "r+"))
    return [value / (1 << 20) for value in (idle, *read, *write)]


def wake_ups(agent):
    with agent.connect() as client:
        client.ask('{"execute":"guest-ping"}')
        time.sleep(0.5)  # let the answer's aftermath pass: the idle time itself is measured
        before = switches(agent)
        time.sleep(IDLE_SECONDS)
        return switches(agent) - before


def compare_memory(ours, other):
    rows = ("idle", "peak of a 32 MiB read", "after it", "peak of a 32 MiB write", "after it")
    print("\n| resident memory, MiB | virtagent | qemu-ga |\n|---|---|---|")
    for words, mine, theirs in zip(rows, memory(ours), memory(other)):
        print(f"| {words} | {mine:.1f} | {theirs:.1f} |")
    print(f"| wake-ups in {IDLE_SECONDS} s, idle, connected | {wake_ups(ours)} | "
          f"{wake_ups(other)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench")
    parser.add_argument("agent")
    parser.add_argument("other", nargs="?", default="/usr/sbin/qemu-ga")
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only")
    args = parser.parse_args()
    with agents.Agent(args.agent) as ours, agents.Agent(args.other) as other:
        print("| over a unix socket | virtagent | qemu-ga | ratio | aim |\n|---|---|---|---|---|")
        compare_rates(args, ours, other)
    if not args.only:
        with agents.Agent(args.agent) as ours, agents.Agent(args.other) as other:
            compare_memory(ours, other)


if __name__ == "__main__":
    main()
