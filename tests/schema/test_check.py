#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The check against the interface notices every kind of difference: test_check.py FOLDER FACTS."""

from __future__ import annotations

import copy
import json
import os
import sys
import unittest

FOLDER, FACTS = sys.argv[1:3]
sys.path[:0] = [FOLDER, os.path.dirname(os.path.abspath(__file__))]

from check import differences, schema_facts  # noqa: E402
from gen import load_schema  # noqa: E402


class TestCheck(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ours = schema_facts(load_schema(os.path.join(FOLDER, 'schema.qapi')))
        with open(FACTS, encoding='utf-8') as file:
            cls.facts = json.load(file)

    def found(self, change) -> list:
        """What the check says after @change was done to a copy of the schema's facts."""
        ours = copy.deepcopy(self.ours)
        change({entry['name']: entry for entry in ours['commands'] + ours['types']}, ours)
        return differences(ours, self.facts)

    def assert_noticed(self, name: str, change):
        texts = self.found(change)
        self.assertEqual(len(texts), 1)
        self.assertTrue(texts[0].startswith(name + ':'), texts)

    def test_the_schema_itself_does_not_differ(self):
        self.assertEqual(differences(self.ours, self.facts), [])

    def test_a_missing_command_is_noticed(self):
        self.assert_noticed('guest-sync-delimited', lambda by, all: all['commands'].pop(0))

    def test_a_missing_type_is_noticed(self):
        self.assert_noticed('GuestUser', lambda by, all: all['types'].remove(by['GuestUser']))

    def test_an_extension_needs_our_prefix(self):
        self.assert_noticed('guest-new', lambda by, all: all['commands'].append(
            {'name': 'guest-new'}))
        self.assertEqual(self.found(lambda by, all: all['commands'].insert(
            3, {'name': 'virtagent-new'})), [])

    def test_an_argument_that_became_optional_is_noticed(self):
        self.assert_noticed('guest-sync', lambda by, all: by['guest-sync']['arguments'][0].update(
            optional=True))

    def test_a_type_that_became_a_list_is_noticed(self):
        self.assert_noticed('GuestUser', lambda by, all: by['GuestUser']['members'][0].update(
            list=True))

    def test_another_return_type_is_noticed(self):
        self.assert_noticed('guest-get-users', lambda by, all: by['guest-get-users'].pop('returns'))

    def test_another_order_of_values_is_noticed(self):
        self.assert_noticed('QGASeek', lambda by, all: by['QGASeek']['values'].reverse())

    def test_a_lost_platform_is_noticed(self):
        self.assert_noticed('guest-fstrim', lambda by, all: by['guest-fstrim']['only-on'].pop())

    def test_another_release_is_noticed(self):
        self.assert_noticed('GuestExec', lambda by, all: by['GuestExec'].update(since='1.0'))

    def test_a_lost_success_response_is_noticed(self):
        self.assert_noticed('guest-shutdown', lambda by, all: by['guest-shutdown'].update(
            {'success-response': True}))

    def test_another_order_of_commands_is_noticed(self):
        self.assertEqual(self.found(lambda by, all: all['commands'].reverse()),
                         ['the order of the commands differs'])


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
