#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the agent for Windows, under wine, beside that of this machine, in turns.

    windows.py HERE WINDOWS [--seconds S] [--rounds N] [--only MEASURE,...]

HERE and WINDOWS are build directories.  Prints Markdown tables: a named pipe beside a unix socket,
asked by the same program built for both; a COM port beside a terminal, asked from here; and what a
connected agent does while nobody asks it anything.  Ratios are what counts.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "wire"))
import agent as agents  # noqa: E402
import compare  # noqa: E402
import wine  # noqa: E402

STREAM = [  # what, how it reads, the unit
    ("ping", "guest-ping", "/s"),
    ("pipeline", "guest-ping, 1000 in one go", "/s"),
    ("exec", "guest-exec of a program that does nothing, polled", "/s"),
    ("read-1", "guest-file-read of 1 MiB", "MB/s"),
    ("write-1", "guest-file-write of 1 MiB", "MB/s"),
    ("read-32", "guest-file-read of 32 MiB", "MB/s"),
    ("write-32", "guest-file-write of 32 MiB", "MB/s"),
]
SETTLE = 0.5  # seconds that the aftermath of an answer may take
REST = 10  # seconds
PING = '{"execute":"guest-ping"}'
BLOCK = 1 << 20


class TerminalAgent(agents.WineAgent):
    """The agent of this machine at a line like those that are COM ports in wine."""

    system = "posix"

    def shown(self, path):
        return path

    def command(self):
        return [self.program, "-m", "isa-serial", "-p", os.ttyname(self.port.slave),
                "-t", self.dir]


class Bench:
    """An agent and the program that asks it."""

    def __init__(self, agent, command):
        self.agent = agent
        self.command = command

    def start(self, measure, seconds=0):
        return subprocess.Popen([*self.command, measure, str(seconds)], env=self.agent.env,
                                cwd=self.agent.dir, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                text=True)

    def rate(self, measure, seconds):
        with self.start(measure, seconds) as process:
            return float(process.communicate()[0])

    def first_answer(self):
        """Yields when it has been answered, and again how long the next answer takes, in s."""
        with self.start("first") as process:
            yield process.stdout.readline()
            yield float(process.communicate("\n")[0]) / 1e6


class Line:
    """An agent at a line, which is asked from here."""

    def __init__(self, agent):
        self.agent = agent

    def rate(self, measure, seconds):
        with self.agent.connect() as client:
            request = self.write_request(client) if measure == "write-1" else PING
            client.ask(request)
            count, start = 0, time.perf_counter()
            while (passed := time.perf_counter() - start) < seconds or count == 0:
                client.ask(request)
                count += BLOCK if measure == "write-1" else 1
            return count / passed

    def write_request(self, client):
        path = self.agent.shown(os.path.join(self.agent.dir, "payload"))
        reply = client.ask('{"execute":"guest-file-open","arguments":'
                           f'{{"path":"{path}","mode":"w"}}}}')
        handle = int(reply.decode().split(": ")[1].rstrip("}"))
        return ('{"execute":"guest-file-write","arguments":'
                f'{{"handle":{handle},"buf-b64":"{"A" * (BLOCK // 3 * 4)}"}}}}')

    def first_answer(self):
        with self.agent.connect() as client:
            yield client.ask(PING)
            start = time.perf_counter()
            client.ask(PING)
            yield time.perf_counter() - start


def compare_rates(args, rows, windows, here):
    for measure, words, unit in rows:
        if args.only and measure not in args.only.split(","):
            continue
        pairs = [[side.rate(measure, args.seconds) for side in (windows, here)]
                 for _ in range(args.rounds)]
        theirs, ours = (statistics.median(column) for column in zip(*pairs))
        ratio = statistics.median(a / b for a, b in pairs)
        print(f"| {words} | {compare.figure(theirs, unit)} | {compare.figure(ours, unit)} | "
              f"{ratio:.2f} |", flush=True)


def processor_time(agent):
    """Of all its threads, in seconds; counted in hundredths."""
    with open(f"/proc/{agent.process.pid}/stat", encoding="utf-8", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rest(side):
    """Context switches and processor time of a rest, and how long the answer after it takes."""
    steps = side.first_answer()
    next(steps)
    time.sleep(SETTLE)
    before = compare.switches(side.agent), processor_time(side.agent)
    time.sleep(REST)
    after = compare.switches(side.agent), processor_time(side.agent)
    answer = next(steps)
    steps.close()
    return after[0] - before[0], after[1] - before[1], answer


def show_rest(names, sides):
    results = [rest(side) for side in sides]
    forms = (("wake-ups in {} s, idle, connected", "{}"), ("processor time in {} s", "{:.2f} s"),
             ("first answer after {} s", "{:.2g} ms"))
    print(f"\n| at rest | {' | '.join(names)} |\n|---{'|---' * len(sides)}|")
    for number, (words, form) in enumerate(forms):
        scale = 1000 if "ms" in form else 1
        cells = [form.format(result[number] * scale) for result in results]
        print(f"| {words.format(REST)} | {' | '.join(cells)} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("here")
    parser.add_argument("windows")
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only")
    args = parser.parse_args()
    os.environ["BRIDGE"] = os.path.join(args.windows, "tests/win32/bridge.exe")
    program, other = (os.path.join(args.here, "virtagent"),
                      os.path.join(args.windows, "virtagent.exe"))
    bench = os.path.abspath(os.path.join(args.here, "tests/bench/bench"))
    bench_exe = os.path.abspath(os.path.join(args.windows, "tests/bench/bench.exe"))

    with agents.WinePipeAgent(other) as at_pipe, agents.Agent(program) as at_socket:
        sides = (Bench(at_pipe, ["wine", bench_exe, at_pipe.name]),
                 Bench(at_socket, [bench, at_socket.path]))
        print("| under wine | named pipe | unix socket | ratio |\n|---|---|---|---|")
        compare_rates(args, STREAM, *sides)
        if not args.only:
            show_rest(("named pipe", "unix socket"), sides)
    with agents.WineAgent(other) as at_port, TerminalAgent(program) as at_terminal:
        sides = Line(at_port), Line(at_terminal)
        print("\n| under wine | COM port | terminal | ratio |\n|---|---|---|---|")
        compare_rates(args, [row for row in STREAM if row[0] in ("ping", "write-1")], *sides)
        if not args.only:
            show_rest(("COM port", "terminal"), sides)


if __name__ == "__main__":
    main()
