# SPDX-License-Identifier: Apache-2.0
"""The schema as objects: what the emitters walk.  build.py makes them, and
resolve.py ties them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

from doc import Doc

BUILTINS = ('int', 'uint64', 'uint16', 'number', 'bool', 'str', 'bytes')


@dataclass
class Reference:
    """The type of a member or of a return value; `target` is None for a builtin."""

    name: str
    is_list: bool
    where: str
    target: Optional[Type] = None

    @property
    def kind(self) -> str:
        return self.target.kind if self.target else self.name

    @property
    def is_pointer(self) -> bool:
        """Does C hold a pointer, whose NULL says "absent"?"""
        return self.is_list or self.kind in ('str', 'bytes', 'struct', 'union', 'alternate')


@dataclass
class Member:
    name: str
    type: Reference
    optional: bool
    where: str
    doc: list = field(default_factory=list)


@dataclass
class Value:
    """One value of an enum."""

    name: str
    condition: object
    where: str
    doc: list = field(default_factory=list)


@dataclass
class Type:
    """`members` are a struct's, a union's base or an alternate's choices."""

    name: str
    kind: str
    where: str
    doc: Doc
    condition: object = None
    members: list = field(default_factory=list)
    values: list = field(default_factory=list)
    discriminator: Optional[Member] = None
    variants: list = field(default_factory=list)


@dataclass
class Command:
    """`arguments` is None or a struct named after the command."""

    name: str
    where: str
    doc: Doc
    condition: object = None
    arguments: Optional[Type] = None
    returns: Optional[Reference] = None
    success_response: bool = True
    blocking: bool = False
    at_once: bool = False
    patient: bool = False
    in_order: bool = False
    frozen_ok: bool = False
    sync: str = ''
    holds: str = ''
    needs: str = ''
    audited: bool = False
    audit: str = ''


@dataclass
class Chapter:
    """The definitions of one file, under its heading."""

    title: str
    text: list
    commands: list = field(default_factory=list)
    types: list = field(default_factory=list)


@dataclass
class Schema:
    chapters: list = field(default_factory=list)
    types: dict = field(default_factory=dict)
    commands: dict = field(default_factory=dict)
    order: list = field(default_factory=list)

    def ordered_commands(self) -> list:
        return [self.commands[name] for name in self.order]

    def structs(self) -> list:
        """Everything that is a C struct: types in order, then arguments."""
        arguments = [c.arguments for c in self.commands.values() if c.arguments]
        return [t for t in self.types.values() if t.kind != 'enum'] + arguments

    def structs_and_enums(self) -> list:
        return self.structs() + self.enums()

    def enums(self) -> list:
        return [t for t in self.types.values() if t.kind == 'enum']


def platforms(condition: object) -> tuple:
    """('any' | 'not', names): the systems a condition speaks of; ('any', []) is all of them."""
    if condition is None:
        return 'any', []
    if isinstance(condition, str):
        return 'any', [condition]
    (word, names), = condition.items()
    return word, names if isinstance(names, list) else [names]
