# SPDX-License-Identifier: Apache-2.0
"""The guest's clock, processors, memory and figures, changed for real."""

import json
import os
import time

import claims
from claims import Claims, call

INTERFACE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "schema",
                         "interface.json")
LINUX_COMMANDS = 43
DAY = 86400
CLOCK_MAX = 3  # seconds that a clock may be off when it is looked at
NO_NUMBER = 9999  # of a processor or memory block
DIMM_BYTES = 128 << 20
CPUS = "/sys/devices/system/cpu"
BLOCKS = "/sys/devices/system/memory"


class System(Claims):
    @classmethod
    def setUpClass(cls):
        cls.running = cls.agent(cls).start()
        cls.host = cls.running.connect()

    @classmethod
    def tearDownClass(cls):
        cls.host.close()
        cls.running.stop()

    def number(self, path):
        return int(self.guest.shell("cat " + path))


class Interface(System):
    def test_every_command_of_the_interface_is_there(self):
        with open(INTERFACE, encoding="utf-8") as file:
            commands = json.load(file)["commands"]
        wanted = {command["name"]: command["success-response"] for command in commands
                  if {"linux", "posix"} & set(command.get("only-on", ["linux"]))}
        self.assertEqual(len(wanted), LINUX_COMMANDS)
        listed = {command["name"]: command for command in
                  call(self.host, "guest-info")["supported_commands"]}
        ours = {name for name in listed if name.startswith("virtagent-")}
        self.assertEqual(set(listed) - ours, set(wanted))
        self.assertTrue(all(command["enabled"] for command in listed.values()))
        self.assertEqual({name: listed[name]["success-response"] for name in wanted}, wanted)


class Clock(System):
    def tearDown(self):
        call(self.host, "guest-set-time", time=time.time_ns())

    def clocks(self):
        """Seconds of the system's clock and of the hardware's."""
        return [int(word) for word in
                self.guest.shell("date +%s; cat /sys/class/rtc/rtc0/since_epoch").split()]

    def assert_clocks(self, wanted):
        for clock in self.clocks():
            self.assertAlmostEqual(clock, wanted, delta=CLOCK_MAX)

    def test_a_time_is_set_and_kept_in_the_hardware_clock(self):
        for offset in (DAY, -3 * DAY, 0):
            wanted = time.time_ns() + offset * 10**9
            call(self.host, "guest-set-time", time=wanted)
            self.assert_clocks(wanted / 1e9)
            self.assertAlmostEqual(call(self.host, "guest-get-time") / 1e9, wanted / 1e9,
                                   delta=CLOCK_MAX)

    def test_without_a_time_it_is_that_of_the_hardware_clock(self):
        self.guest.shell("date -s @1000000000")
        call(self.host, "guest-set-time")
        self.assert_clocks(time.time())

    def test_a_time_that_cannot_be_is_refused(self):
        for value in (-1, -1 << 63, (1 << 63) - 1):
            self.assertRegex(claims.error(self.host, "guest-set-time", time=value)[1],
                             "^(Invalid time|Failed to set time to guest: Invalid argument)$")
        self.assert_clocks(time.time())


class Processors(System):
    def tearDown(self):
        self.guest.shell(f"echo 1 >{CPUS}/cpu1/online")

    def set(self, *changes):
        return call(self.host, "guest-set-vcpus",
                    vcpus=[{"logical-id": number, "online": online} for number, online in changes])

    def states(self):
        return {cpu["logical-id"]: cpu["online"] for cpu in call(self.host, "guest-get-vcpus")}

    def test_one_is_taken_out_of_use_and_back(self):
        for online in (False, True):
            self.assertEqual(self.set((1, online)), 1)
            self.assertEqual(self.number(f"{CPUS}/cpu1/online"), online)
            self.assertEqual(self.states(), {0: True, 1: online})
            used = call(self.host, "guest-get-cpustats")
            self.assertEqual(len(used), 2 if online else 1)

    def test_changes_stop_at_the_first_that_fails(self):
        self.assertEqual(self.set(), 0)
        self.assertEqual(self.set((1, False), (NO_NUMBER, False), (1, True)), 1)
        self.assertEqual(self.states(), {0: True, 1: False})
        self.assertRegex(
            claims.error(self.host, "guest-set-vcpus",
                         vcpus=[{"logical-id": NO_NUMBER, "online": True}])[1],
            f'^open\\("{CPUS}/cpu{NO_NUMBER}/"\\): No such file or directory')
        if not next(cpu["can-offline"] for cpu in call(self.host, "guest-get-vcpus")
                    if cpu["logical-id"] == 0):
            self.assertEqual(claims.error(self.host, "guest-set-vcpus",
                                          vcpus=[{"logical-id": 0, "online": False}])[1],
                             "logical processor #0 can't be offlined")


class Memory(System):
    def set(self, *changes):
        return call(self.host, "guest-set-memory-blocks",
                    **{"mem-blks": [{"phys-index": number, "online": online}
                                    for number, online in changes]})

    def test_a_stick_of_memory_is_taken_into_use_and_out_of_it(self):
        size = call(self.host, "guest-get-memory-block-info")["size"]
        self.assertEqual(size, int(self.guest.shell(f"cat {BLOCKS}/block_size_bytes"), 16))
        idle = [block["phys-index"] for block in call(self.host, "guest-get-memory-blocks")
                if not block["online"]]
        self.assertEqual(len(idle), DIMM_BYTES // size)
        block = idle[0]
        # memory that nothing else than programs may use can always be given back
        self.guest.shell(f"echo online_movable >{BLOCKS}/memory{block}/state")
        for online, state in ((False, "offline"), (True, "online"), (True, "online")):
            self.assertEqual(self.set((block, online)),
                             [{"phys-index": block, "response": "success"}])
            self.assertEqual(self.guest.shell(f"cat {BLOCKS}/memory{block}/state").strip(), state)
        self.guest.shell(f"echo offline >{BLOCKS}/memory{block}/state || :")

    def test_each_block_is_answered_for(self):
        none, first = self.set((NO_NUMBER, True), (0, True))
        self.assertEqual((none["phys-index"], none["response"]), (NO_NUMBER, "not-found"))
        self.assertEqual(first, {"phys-index": 0, "response": "success"})
        refused, = self.set((0, False))  # the kernel itself is there
        self.assertIn(refused["response"], ("operation-failed", "operation-not-supported"))


class Figures(System):
    def test_disk_figures_are_the_kernels(self):
        if not self.guest.disks:
            self.skipTest("the guest has no disks")
        self.guest.shell("mount-disks; dd if=/dev/vda of=/dev/null bs=1M count=2 2>/dev/null")
        stats = {disk["name"]: disk for disk in call(self.host, "guest-get-diskstats")}
        self.assertLessEqual({"vda", "vdc2", "sda", "nvme0n1"}, set(stats))
        vda = stats["vda"]
        major, minor = self.guest.shell("cat /sys/block/vda/dev").strip().split(":")
        self.assertEqual((vda["major"], vda["minor"]), (int(major), int(minor)))
        fields = self.guest.shell("cat /sys/block/vda/stat").split()
        self.assertLessEqual(0, vda["stats"]["read-sectors"])
        self.assertLessEqual(vda["stats"]["read-sectors"], int(fields[2]))
        self.assertGreater(vda["stats"]["read-ios"], 0)

    def test_processor_figures_grow(self):
        before = call(self.host, "guest-get-cpustats")
        self.guest.shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done")
        after = call(self.host, "guest-get-cpustats")
        self.assertEqual([cpu["type"] for cpu in after], ["linux"] * len(after))
        self.assertEqual([cpu["cpu"] for cpu in after], [0, 1])
        self.assertGreater(sum(cpu["user"] for cpu in after), sum(cpu["user"] for cpu in before))
        self.assertGreater(call(self.host, "guest-get-load")["load1m"], 0)

    def test_the_routes_are_the_kernels(self):
        self.guest.shell("ip route add default via 10.0.2.2; ip -6 route add fd00:7::/64 dev lo")
        self.addCleanup(self.guest.shell,
                        "ip route del default; ip -6 route del fd00:7::/64 dev lo")
        routes = call(self.host, "guest-network-get-route")
        default, = [route for route in routes if route.get("destination") == "0.0.0.0"]
        self.assertEqual((default["iface"], default["gateway"], default["mask"]),
                         ("eth0", "10.0.2.2", "0.0.0.0"))
        self.assertEqual([route["iface"] for route in routes
                          if route.get("destination") == "fd00:7::"], ["lo"])
