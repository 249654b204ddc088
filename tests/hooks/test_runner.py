#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fsfreeze-hook, the runner for directories that were made for qemu-ga."""
import os
import unittest

import hooks

PROGRAM = """#!/bin/sh
echo "${0##*/} $1" >>"$ROOM/calls"
[ "${0##*/} $1" != "${HANGS-}" ] || sleep 60
case " ${FAILS-} " in
*" ${0##*/}:$1 "*) echo "${0##*/} says no" >&2; exit 3 ;;
esac
"""


class Runner(hooks.Claims):
    hook = "fsfreeze-hook"

    def setUp(self):
        super().setUp()
        self.directory = self.path("hook.d")
        self.env.update(FSFREEZE_HOOK_D=self.directory, FSFREEZE_HOOK_STATE=self.path("state"))
        os.mkdir(self.directory)
        os.chmod(self.directory, 0o755)
        for name in ("b", "10 a", "B.sh"):
            self.put(name)

    def put(self, name, mode=0o755):
        self.write(os.path.join(self.directory, name), PROGRAM, mode)

    def test_thaw_in_reverse_order(self):
        for phase in ("thaw", "abort"):
            self.succeeds("freeze")
            self.assertEqual(self.calls(), ["10 a freeze", "B.sh freeze", "b freeze"])
            self.succeeds(phase)
            self.assertEqual(self.calls(), ["b thaw", "B.sh thaw", "10 a thaw"])
            self.assertFalse(os.path.exists(self.path("state")))

    def test_failure_ends_it(self):
        self.env["FAILS"] = "B.sh:freeze"
        self.fails("freeze", saying="B.sh says no\nfsfreeze-hook: "
                   + os.path.join(self.directory, "B.sh") + " freeze: exit status 3\n")
        self.assertEqual(self.calls(), ["10 a freeze", "B.sh freeze", "B.sh thaw", "10 a thaw"])
        self.succeeds("thaw")
        self.assertEqual(self.calls(), [])

    def test_failing_thaw_stops_nothing(self):
        self.env["FAILS"] = "b:thaw 10:thaw"
        self.succeeds("freeze")
        self.calls()
        self.fails("thaw", saying="b thaw: exit status 3")
        self.assertEqual(self.calls(), ["b thaw", "B.sh thaw", "10 a thaw"])

    def test_thaw_without_freeze_is_for_all(self):
        self.succeeds("thaw")
        self.assertEqual(self.calls(), ["b thaw", "B.sh thaw", "10 a thaw"])

    def test_stopped_half_way(self):
        self.env["HANGS"] = "B.sh freeze"
        self.stop_hook_in("freeze", lambda: "B.sh" in self.read_state())
        self.calls()
        self.succeeds("abort")
        self.assertEqual(self.calls(), ["B.sh thaw", "10 a thaw"])

    def read_state(self):
        try:
            with open(self.path("state"), encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def test_leftovers_and_the_rest(self):
        for name in ("c~", "c.bak", "c.orig", "c.rpmsave", "c.dpkg-old", "c.sample", ".c"):
            self.put(name)
        self.put("README", 0o644)
        os.mkdir(os.path.join(self.directory, "d"))
        self.succeeds("freeze")
        self.assertEqual(self.calls(), ["10 a freeze", "B.sh freeze", "b freeze"])

    def test_what_others_can_change_is_not_run(self):
        self.put("B.sh", 0o757)
        self.fails("freeze", saying="B.sh or its directory can be changed by others")
        self.assertEqual(self.calls(), ["10 a freeze", "10 a thaw"])
        self.put("B.sh", 0o755)
        os.chmod(self.directory, 0o775)
        self.fails("freeze", saying="10 a or its directory can be changed by others")
        self.assertEqual(self.calls(), [])

    @unittest.skipIf(os.geteuid() != 0, "only root can give files away")
    def test_what_belongs_to_others_is_not_run(self):
        os.chown(os.path.join(self.directory, "B.sh"), 1000, 1000)
        self.fails("freeze", saying="B.sh or its directory can be changed by others")

    def test_nothing_there(self):
        self.env["FSFREEZE_HOOK_D"] = self.path("nowhere")
        self.succeeds("freeze")
        self.succeeds("thaw")
        os.mkdir(self.path("nowhere"))
        self.succeeds("freeze")
        self.succeeds("thaw")

    def test_works_without_syslog(self):
        os.unlink(os.path.join(self.bin, "logger"))
        self.succeeds("freeze")
        self.stand_in("logger", "echo broken >&2; exit 1")
        self.succeeds("thaw")


globals().update(hooks.for_every_shell(Runner))

if __name__ == "__main__":
    unittest.main(verbosity=2)
