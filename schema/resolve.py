# SPDX-License-Identifier: Apache-2.0
"""Ties the definitions of a schema together, refusing what does not fit."""

from __future__ import annotations

from build import refuse_unless
from model import BUILTINS, Reference, Schema, Type

# What a choice of an alternate looks like in JSON: two choices must differ in it.
JSON_KIND = {'int': 'number', 'uint64': 'number', 'uint16': 'number', 'number': 'number',
             'bool': 'boolean', 'str': 'string', 'bytes': 'string', 'enum': 'string',
             'struct': 'object', 'union': 'object'}


def resolve_all(schema: Schema) -> None:
    """Resolves every reference, then looks at what takes more than one definition to see."""
    for one in schema.structs_and_enums():
        resolve_type(schema, one)
    for command in schema.commands.values():
        if command.returns:
            resolve(schema, command.returns)
            check_return(command.returns)
    check_order(schema)
    check_use(schema)


def resolve(schema: Schema, reference: Reference) -> None:
    if reference.name not in BUILTINS:
        reference.target = schema.types.get(reference.name)
        refuse_unless(reference.target, reference.where, f"unknown type '{reference.name}'")
    refuse_unless(not reference.is_list or reference.kind in ('str', 'struct', 'union'),
                  reference.where, f"a list of '{reference.name}' is not supported")


def resolve_type(schema: Schema, one: Type) -> None:
    for member in one.members + one.variants:
        resolve(schema, member.type)
    if one.kind == 'union':
        check_union(one)
    if one.kind == 'alternate':
        check_alternate(one)


def check_union(one: Type) -> None:
    chooser = one.discriminator
    refuse_unless(chooser.type.kind == 'enum' and not chooser.optional, chooser.where,
                  'a discriminator is an enum, and not optional')
    values = [v.name for v in chooser.type.target.values]
    for variant in one.variants:
        refuse_unless(variant.name in values, variant.where,
                      f"'{variant.name}' is no value of {chooser.type.name}")
        refuse_unless(variant.type.kind == 'struct' and not variant.type.is_list, variant.where,
                      'a variant is a struct')


def check_alternate(one: Type) -> None:
    seen: set = set()
    for choice in one.members:
        kind = 'array' if choice.type.is_list else JSON_KIND.get(choice.type.kind)
        refuse_unless(kind, choice.where, 'an alternate cannot hold an alternate')
        refuse_unless(kind not in seen, choice.where, f'two choices are a JSON {kind}')
        seen.add(kind)


def check_return(reference: Reference) -> None:
    refuse_unless(reference.is_pointer or reference.kind in ('int', 'enum'), reference.where,
                  f"a command cannot return '{reference.name}' by itself")


def check_order(schema: Schema) -> None:
    for name in schema.order:
        refuse_unless(name in schema.commands, name.where, f"'order' names '{name}', no command")
        refuse_unless(schema.order.count(name) == 1, name.where, f"'order' names '{name}' twice")
    for name, command in schema.commands.items():
        refuse_unless(name in schema.order, command.where, f"'{name}' is missing in 'order'")


def check_use(schema: Schema) -> None:
    """A type that no command reaches is a left-over."""
    used: set = set()
    for command in schema.commands.values():
        reach(command.arguments, used)
        reach(command.returns.target if command.returns else None, used)
    for name, one in schema.types.items():
        refuse_unless(name in used, one.where, f"no command uses '{name}'")


def reach(one, used: set) -> None:
    if one is None or one.name in used:
        return
    used.add(one.name)
    for member in one.members + one.variants:
        reach(member.type.target, used)
