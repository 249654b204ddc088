# SPDX-License-Identifier: Apache-2.0
"""How the things of the schema are called in C."""

from __future__ import annotations

import re

from model import Command, Member, Reference, Type
from reader import SchemaError

# Words that C, or a compiler or system header by a macro, has taken.
TAKEN = set('''
    auto break case char const continue default do double else enum extern float for goto if inline
    int long register restrict return short signed sizeof static struct switch typedef union
    unsigned void volatile while asm typeof linux unix errno stdin stdout stderr interface small
    near far
'''.split())

# Abbreviations whose capitals do not mark the start of words.
ODD_WORDS = {'NVMe': 'Nvme'}

BUILTINS = {'int': 'gint64 ', 'uint64': 'guint64 ', 'uint16': 'guint16 ', 'number': 'double ',
            'bool': 'gboolean ', 'str': 'char *', 'bytes': 'GBytes *'}


def identifier(name: str) -> str:
    """A member's name: dashes become underscores, taken words get one at their end."""
    made = name.replace('-', '_')
    return made + '_' if made in TAKEN else made


def snake(name: str) -> str:
    """'GuestPCIAddress' is guest_pci_address."""
    for odd, plain in ODD_WORDS.items():
        name = name.replace(odd, plain)
    name = re.sub(r'([a-z0-9])([A-Z])', r'\1_\2', name)
    return re.sub(r'([A-Z])([A-Z][a-z])', r'\1_\2', name).lower()


def constant(one: Type, value: str) -> str:
    """Of an enum's value or an alternate's choice."""
    return f"{snake(one.name)}_{value.replace('-', '_')}".upper()


def descriptor(one: Type) -> str:
    return snake(one.name) + '_type'


def command_function(command: Command) -> str:
    return 'cmd_' + re.sub('^guest-', '', command.name).replace('-', '_')


def command_symbol(command: Command) -> str:
    return command.name.replace('-', '_')


def kind(reference: Reference) -> str:
    return 'VA_KIND_' + reference.kind.upper()


def c_type(reference: Reference) -> str:
    """As it stands before a name: 'gint64 ', 'char *'."""
    if reference.is_list:
        return 'GPtrArray *'
    if reference.kind == 'enum':
        return reference.name + ' '
    if reference.target:
        return reference.name + ' *'
    return BUILTINS[reference.name]


def has_flag(member: Member) -> bool:
    """Does C need a has_NAME beside the value?"""
    return member.optional and not member.type.is_pointer


def check_names(schema) -> None:
    """Refuses two things that would have the same name in C."""
    seen: dict = {}

    def claim(name: str, where: str) -> None:
        if name in seen:
            raise SchemaError(where, f"'{name}' in C is taken by the definition at {seen[name]}")
        seen[name] = where

    for one in schema.structs_and_enums():
        claim(one.name, one.where)
        claim(descriptor(one), one.where)
        for entry in one.values or (one.members if one.kind == 'alternate' else []):
            claim(constant(one, entry.name), entry.where)
        own = [('', m) for m in one.members + one.variants]
        own += [('has_', m) for m in one.members if has_flag(m)]
        for prefix, member in own:
            claim(f'{one.name}.{prefix}{identifier(member.name)}', member.where)
    for command in schema.commands.values():
        claim(command_function(command), command.where)
