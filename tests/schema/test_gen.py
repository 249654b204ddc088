#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The generator refuses what is wrong with a schema, naming file and line: test_gen.py FOLDER."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest

GEN = os.path.join(sys.argv[1], 'gen.py')

TITLE = '##\n# = Things\n##\n'
ORDER = "{ 'order': ['guest-do'] }\n"
DO = '''##
# @guest-do:
#
# Does it.
#
# @how: in which way
#
# Since: 11.0
##
{ 'command': 'guest-do',
  'data': { 'how': 'How' } }
'''
HOW = '''##
# @How:
#
# A way.
#
# @well: as it should be
##
{ 'enum': 'How',
  'data': ['well'] }
'''
GOOD = TITLE + DO + HOW + ORDER


def generate(text: str, *options: str) -> tuple:
    """Runs the generator on one file: its exit code, what it complains about, what it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'a.qapi')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        done = subprocess.run([sys.executable, GEN, *options, '--out', folder, path],
                              stderr=subprocess.PIPE, universal_newlines=True, check=False)
        written = {}
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), encoding='utf-8') as file:
                written[name] = file.read()
        return done.returncode, done.stderr.strip(), written


class Refusing(unittest.TestCase):
    def refused(self, text: str, message: str, *options: str):
        code, said, written = generate(text, *options)
        self.assertEqual((code, said), (1, message))
        self.assertEqual(list(written), ['a.qapi'])

    def changed(self, old: str, new: str, message: str):
        self.assertEqual(GOOD.count(old), 1, old)
        self.refused(GOOD.replace(old, new), message)


class TestRefusals(Refusing):
    def test_the_schema_these_start_from_is_good(self):
        self.assertEqual(generate(GOOD)[:2], (0, ''))

    def test_a_stray_character(self):
        self.changed("['well']", '["well"]', "a.qapi:23: stray '\"'")

    def test_a_trailing_comma(self):
        self.changed("['well']", "['well',]", "a.qapi:23: expected a value, found ']'")

    def test_a_comment_without_an_end(self):
        self.changed("##\n{ 'enum'", "{ 'enum'", 'a.qapi:15: documentation block without an end')

    def test_a_file_without_a_title(self):
        self.refused(DO + HOW + ORDER, "a.qapi:10: a file starts with a '# = Title' block")

    def test_a_missing_file(self):
        self.refused("{ 'include': 'b.qapi' }\n", "a.qapi:1: no such file 'b.qapi'")

    def test_an_unknown_definition(self):
        self.changed("{ 'enum': 'How'", "{ 'event': 'How'", "a.qapi:22: unknown definition 'event'")

    def test_an_unknown_type(self):
        self.changed("'how': 'How'", "'how': 'Why'", "a.qapi:14: unknown type 'Why'")

    def test_a_list_of_something_unsupported(self):
        self.changed("'how': 'How'", "'how': ['How']",
                     "a.qapi:14: a list of 'How' is not supported")

    def test_a_type_nobody_uses(self):
        self.changed("'how': 'How'", "'how': 'str'", "a.qapi:22: no command uses 'How'")

    def test_a_duplicate_definition(self):
        self.refused(GOOD + HOW, "a.qapi:32: duplicate definition 'How'")

    def test_a_duplicate_member(self):
        self.changed("'how': 'How'", "'how': 'How', '*how': 'How'",
                     "a.qapi:14: duplicate member 'how'")

    def test_a_duplicate_key(self):
        self.changed("'how': 'How'", "'how': 'How', 'how': 'str'",
                     "a.qapi:14: duplicate name 'how'")

    def test_a_duplicate_value(self):
        self.changed("['well']", "['well', 'well']", "a.qapi:23: duplicate value 'well'")

    def test_two_members_of_one_name_in_c(self):
        text = GOOD.replace("'how': 'How'", "'how': 'How', 'a-b': 'str', 'a_b': 'str'")
        text = text.replace('# @how:', '# @a-b: one\n#\n# @a_b: two\n#\n# @how:')
        self.refused(text, "a.qapi:18: 'GuestDoIn.a_b' in C is taken by the definition at "
                           'a.qapi:18')

    def test_a_bad_command_name(self):
        self.changed("{ 'command': 'guest-do'", "{ 'command': 'do_it'",
                     "a.qapi:13: bad name 'do_it'")

    def test_an_unknown_key(self):
        self.changed("'How' } }", "'How' },\n  'blockin': true }",
                     "a.qapi:15: unknown key 'blockin' in command")

    def test_an_own_key_of_the_wrong_kind(self):
        self.changed("'How' } }", "'How' }, 'blocking': 'yes' }",
                     "a.qapi:13: 'blocking' is true or false")

    def test_an_unknown_kind_of_sync(self):
        self.changed("'How' } }", "'How' }, 'sync': 'soon' }",
                     "a.qapi:13: 'sync' is true or 'delimited'")

    def test_a_sync_that_blocks(self):
        self.changed("'How' } }", "'How' }, 'sync': true, 'blocking': true }",
                     "a.qapi:13: a sync cannot be 'blocking'")

    def test_holding_something_on_the_main_thread(self):
        self.changed("'How' } }", "'How' }, 'holds': 'VaFile' }",
                     "a.qapi:13: 'holds' needs 'blocking'")

    def test_at_once_with_nothing_held(self):
        self.changed("'How' } }", "'How' }, 'at-once': true, 'blocking': true }",
                     "a.qapi:13: 'at-once' needs 'holds'")

    def test_patience_on_a_lane(self):
        self.changed("'How' } }", "'How' }, 'patient': true, 'blocking': true }",
                     "a.qapi:13: 'patient' goes with arguments, and not with 'blocking' or 'sync'")

    def test_an_audit_of_nothing(self):
        self.changed("'How' } }", "'How' }, 'audit': '' }",
                     "a.qapi:13: 'audit' is a string, and not empty")

    def test_an_audit_of_no_argument(self):
        self.changed("'How' } }", "'How' }, 'audit': 'path' }",
                     "a.qapi:13: 'audit' names 'path', which is no string argument")

    def test_an_audit_of_something_else_than_a_string(self):
        self.changed("'How' } }", "'How' }, 'audit': 'how' }",
                     "a.qapi:13: 'audit' names 'how', which is no string argument")

    def test_an_unknown_system(self):
        self.changed("'How' } }", "'How' }, 'if': 'beos' }",
                     "a.qapi:13: 'if' names systems (linux, freebsd, posix, windows), or 'any' or "
                     "'not' of them")

    def test_a_return_value_without_documentation(self):
        self.changed("'How' } }", "'How' }, 'returns': 'int' }",
                     "a.qapi:4: 'guest-do': 'Returns:' goes with 'returns'")

    def test_a_return_value_that_c_has_no_room_for(self):
        text = GOOD.replace("'How' } }", "'How' }, 'returns': 'bool' }")
        self.refused(text.replace('# Since:', '# Returns: yes or no\n#\n# Since:'),
                     "a.qapi:16: a command cannot return 'bool' by itself")

    def test_a_definition_without_documentation(self):
        self.refused(TITLE + "{ 'enum': 'How', 'data': ['well'] }\n",
                     "a.qapi:4: 'How' is not documented")

    def test_documentation_of_another_definition(self):
        self.changed('# @How:', '# @Who:', "a.qapi:15: documentation of 'Who' before 'How'")

    def test_a_member_without_documentation(self):
        self.changed('# @how: in which way\n#\n', '', "a.qapi:12: 'how' is not documented")

    def test_a_value_without_documentation(self):
        self.changed("['well']", "['well',\n           'badly']",
                     "a.qapi:24: 'badly' is not documented")

    def test_documentation_of_an_unknown_member(self):
        self.changed('# @how:', '# @where: there\n#\n# @how:',
                     "a.qapi:4: documentation of 'guest-do' names 'where', which it does not have")

    def test_a_member_documented_twice(self):
        self.changed('# @how:', '# @how: so\n#\n# @how:', "a.qapi:4: '@how' is documented twice")

    def test_a_member_documented_by_nothing(self):
        self.changed('# @how: in which way', '# @how:',
                     "a.qapi:4: documentation of 'guest-do' says nothing about '@how'")

    def test_a_command_of_unknown_age(self):
        self.changed('# Since: 11.0\n', '', "a.qapi:4: 'guest-do' lacks 'Since:'")

    def test_a_command_missing_in_the_order(self):
        self.changed("['guest-do']", '[]', "a.qapi:13: 'guest-do' is missing in 'order'")

    def test_an_order_of_something_unknown(self):
        self.changed("['guest-do']", "['guest-do', 'guest-be']",
                     "a.qapi:24: 'order' names 'guest-be', no command")

    def test_a_feature_that_no_command_needs(self):
        self.refused(GOOD, "--later: no command needs 'wings'", '--later', 'wings')


UNION = '''##
# @Both:
#
# Either.
#
# @kind: which
##
{ 'union': 'Both',
  'base': { 'kind': 'How' },
  'discriminator': 'kind',
  'data': { 'badly': 'Rest' } }
##
# @Rest:
#
# More.
#
# @more: more
##
{ 'struct': 'Rest',
  'data': { 'more': 'str' } }
'''

EITHER = '''##
# @Either:
#
# One of two.
#
# @name: by name
#
# @how: by way
##
{ 'alternate': 'Either',
  'data': { 'name': 'str',
            'how': 'How' } }
'''


class TestShapes(Refusing):
    """Refusals that need more types than the simple schema has."""

    def test_a_variant_of_no_value(self):
        text = TITLE + DO.replace("'How'", "'Both'") + HOW + UNION + ORDER
        self.refused(text, "a.qapi:34: 'badly' is no value of How")

    def test_a_discriminator_that_is_no_member(self):
        text = TITLE + DO.replace("'How'", "'Both'") + HOW + UNION + ORDER
        self.refused(text.replace("'discriminator': 'kind'", "'discriminator': 'type'"),
                     "a.qapi:31: no member 'type'")

    def test_an_alternate_of_two_strings(self):
        text = TITLE + DO.replace("'How'", "'Either'") + HOW + EITHER + ORDER
        self.refused(text, 'a.qapi:35: two choices are a JSON string')


class TestOutput(unittest.TestCase):
    def test_a_command_of_a_later_feature_has_no_code(self):
        text = GOOD.replace("'How' } }", "'How' }, 'needs': 'wings' }")
        self.assertIn('cmd_do(', generate(text)[2]['schema-commands.h'])
        written = generate(text, '--later', 'wings')[2]
        self.assertNotIn('cmd_do', written['schema-commands.h'] + written['schema-commands.c'])
        self.assertIn('"guest-do"', written['schema-commands.c'])

    def test_the_output_depends_on_the_input_alone(self):
        self.assertEqual(generate(GOOD), generate(GOOD))

    def test_a_word_that_c_has_taken_is_avoided(self):
        text = GOOD.replace("'how': 'How'", "'how': 'How', 'int': 'str'")
        text = text.replace('# @how:', '# @int: a word\n#\n# @how:')
        written = generate(text)[2]
        self.assertIn('char *int_;', written['schema-types.h'])
        self.assertIn('"int"', written['schema-types.c'])


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
