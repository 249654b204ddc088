# SPDX-License-Identifier: Apache-2.0
"""What Windows is told about a file before it runs: test_executables.py OBJDUMP VERSION FILE..."""

import os
import re
import subprocess
import sys
import unittest

OBJDUMP, VERSION, *FILES = sys.argv[1:]

# In System32 of every Windows 10 and later, Server Core included.
SYSTEM_DLLS = set("""
    advapi32 bcrypt cfgmgr32 crypt32 dnsapi gdi32 iphlpapi kernel32 msvcrt netapi32 ntdll ole32
    oleaut32 pdh powrprof psapi secur32 setupapi shell32 shlwapi user32 userenv version winmm
    ws2_32 wtsapi32
""".split())

UTF16 = "utf-16-le"
WINDOWS_10 = b"{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"


class Executable:
    def __init__(self, file):
        self.file = file
        self.headers = subprocess.run([OBJDUMP, "-p", file], check=True, capture_output=True,
                                      text=True).stdout
        with open(file, "rb") as opened:
            self.content = opened.read()

    def find(self, pattern):
        match = re.search(pattern, self.headers)
        return match and match.group(1)

    def flags(self):
        listed = self.find(r"\nDllCharacteristics\t[0-9a-f]+\n((?:\t+\w+\n)*)")
        return set(listed.split())

    def directory_size(self, name):
        """Of an entry of the data directory, in bytes."""
        return int(self.find(r"\nEntry \w+ [0-9a-f]+ ([0-9a-f]+) " + name), 16)

    def needed(self):
        return {name.lower().removesuffix(".dll")
                for name in re.findall(r"\n\tDLL Name: (\S+)", self.headers)}

    def version_value(self, name):
        """A string of the version resource: its name, a NUL, padding to four bytes, its text."""
        match = re.search((name + "\0").encode(UTF16) + b"(?:\0\0)?((?:[^\0]\0)+)\0\0",
                          self.content)
        return match and match.group(1).decode(UTF16)


class Executables(unittest.TestCase):
    def test_needs_nothing_but_windows(self):
        for it in EXECUTABLES:
            self.assertIn("kernel32", it.needed(), it.file)
            self.assertEqual(set(), it.needed() - SYSTEM_DLLS, it.file)

    def test_loads_anywhere_and_runs_no_data(self):
        for it in EXECUTABLES:
            wanted = {"DYNAMIC_BASE", "NX_COMPAT"}
            if it.find(r"(\(PE32\+\))"):
                wanted.add("HIGH_ENTROPY_VA")
            self.assertEqual(set(), wanted - it.flags(), it.file)

    def test_can_be_relocated(self):
        for it in EXECUTABLES:
            self.assertIsNone(it.find(r"(relocations stripped)"), it.file)
            self.assertGreater(it.directory_size("Base Relocation"), 0, it.file)

    def test_programs_export_nothing(self):
        for it in PROGRAMS:
            self.assertEqual(0, it.directory_size("Export"), it.file)

    def test_is_the_same_when_built_again(self):
        for it in EXECUTABLES:
            self.assertEqual("1970", it.find(r"\nTime/Date.* (\d+)\n"), it.file)

    def test_shows_its_version(self):
        for it in EXECUTABLES:
            self.assertEqual(VERSION, it.version_value("ProductVersion"), it.file)
            self.assertEqual(VERSION, it.version_value("FileVersion"), it.file)
            self.assertEqual(os.path.basename(it.file), it.version_value("OriginalFilename"))

    def test_programs_say_what_they_expect_of_windows(self):
        for it in PROGRAMS:
            for expected in (b'level="asInvoker"', b">UTF-8</activeCodePage>",
                             b">true</longPathAware>", WINDOWS_10):
                self.assertEqual(1, it.content.count(expected), f"{expected} in {it.file}")


EXECUTABLES = [Executable(file) for file in FILES]
PROGRAMS = [it for it in EXECUTABLES if it.file.endswith(".exe")]

if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
