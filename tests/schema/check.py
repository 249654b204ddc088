#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves that the schema is the interface that clients know: check.py SCHEMA-FOLDER FACTS.

The facts list every command and type of QEMU's agent interface.  What the schema has beyond them
must carry our own prefix; what it has in common with them must not differ in anything.
"""

from __future__ import annotations

import json
import os
import sys


def our_prefix(name: str) -> bool:
    return name.startswith(('virtagent-', 'Virtagent'))


def conditions(condition: object, platforms) -> dict:
    word, names = platforms(condition)
    if not names:
        return {}
    return {'only-on': {'not': names[0]} if word == 'not' else list(names)}


def wire_type(reference) -> dict:
    """Bytes are a string of base64 to a client."""
    name = 'str' if reference.name == 'bytes' else str(reference.name)
    return {'type': name, 'list': reference.is_list}


def member_facts(member) -> dict:
    return {'name': member.name, **wire_type(member.type), 'optional': member.optional}


def command_facts(command, platforms) -> dict:
    """Arguments of our own, which clients that do not know them leave out, are no facts."""
    members = command.arguments.members if command.arguments else []
    members = [m for m in members if not (m.optional and our_prefix(m.name))]
    facts = {'name': command.name, 'since': command.doc.since,
             'arguments': [member_facts(m) for m in members],
             'success-response': command.success_response}
    if command.returns:
        facts['returns'] = wire_type(command.returns)
    return {**facts, **conditions(command.condition, platforms)}


def value_facts(value, platforms) -> object:
    condition = conditions(value.condition, platforms)
    return {'name': value.name, **condition} if condition else value.name


def type_facts(one, platforms) -> dict:
    facts: dict = {'name': one.name, 'kind': one.kind, **conditions(one.condition, platforms)}
    if one.doc.since:
        facts['since'] = one.doc.since
    if one.kind == 'enum':
        return {**facts, 'values': [value_facts(v, platforms) for v in one.values]}
    place = {'struct': 'members', 'union': 'base', 'alternate': 'choices'}[one.kind]
    facts[place] = [member_facts(m) for m in one.members]
    if one.kind == 'union':
        facts['discriminator'] = one.discriminator.name
        facts['variants'] = [member_facts(v) for v in one.variants]
    return facts


def schema_facts(schema) -> dict:
    """The schema in the form of the facts file."""
    from model import platforms
    return {'commands': [command_facts(c, platforms) for c in schema.ordered_commands()],
            'types': [type_facts(t, platforms) for t in schema.types.values()]}


def compare(ours: list, facts: list) -> list:
    mine = {entry['name']: entry for entry in ours}
    known = {entry['name']: entry for entry in facts}
    found = [f"{name}: missing in the schema" for name in known if name not in mine]
    found += [f"{name}: not in the interface, so its name must start with virtagent-"
              for name in mine if name not in known and not our_prefix(name)]
    for name in known:
        for key in sorted({*known[name], *mine.get(name, known[name])}):
            have, want = mine.get(name, known[name]).get(key), known[name].get(key)
            if have != want:
                found.append(f'{name}: {key} is {json.dumps(have)}, must be {json.dumps(want)}')
    return found


def differences(ours: dict, facts: dict) -> list:
    found = compare(ours['commands'], facts['commands']) + compare(ours['types'], facts['types'])
    order = [c['name'] for c in ours['commands'] if not our_prefix(c['name'])]
    if not found and order != [c['name'] for c in facts['commands']]:
        found.append('the order of the commands differs')
    return found


def main() -> int:
    folder, facts = sys.argv[1:]
    sys.path.insert(0, folder)
    from gen import load_schema
    with open(facts, encoding='utf-8') as file:
        known = json.load(file)
    ours = schema_facts(load_schema(os.path.join(folder, 'schema.qapi')))
    found = differences(ours, known)
    for text in found:
        print(text)
    print(f"{len(ours['commands'])} commands, {len(ours['types'])} types, "
          f'{len(found)} differences')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
