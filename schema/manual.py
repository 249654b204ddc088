# SPDX-License-Identifier: Apache-2.0
"""The reference manual as a list of blocks, which markdown.py and man_page.py each set in type."""

from __future__ import annotations

from dataclasses import dataclass

from doc import paragraphs
from model import Chapter, Command, Member, Reference, Schema, Type, Value, platforms

INTRODUCTION = '''
The commands that a host can give to the guest agent, and the types of what they take and return.

A request is a JSON object with the name of the command in `execute`, its arguments as an object in
`arguments` if it has any, and anything at all in `id`. The reply is one line: an object with the
result in `return` (`{}` for a command that returns nothing) or with an `error`, and the `id` if
there was one. An `error` has a `class`, which is `CommandNotFound` for a command that does not
exist or may not be carried out now, and else `GenericError`; its `desc` says what is wrong. Errors
that can happen to every command, such as a missing argument, are not repeated below.

Integers have 64 bits and a sign unless said otherwise. Times are in UTC. "Since" names the release
of QEMU whose agent had it first.
'''.strip().split('\n')

WORDS = {'int': 'integer', 'uint64': 'unsigned integer', 'uint16': 'unsigned 16-bit integer',
         'number': 'number', 'bool': 'boolean', 'str': 'string', 'bytes': 'base64 string'}
SYSTEMS = {'linux': 'Linux', 'freebsd': 'FreeBSD', 'posix': 'POSIX systems', 'windows': 'Windows'}


@dataclass
class Block:
    """kind: chapter, command, type (headings); facts, text, item, label, code; and member, whose
    name stands in `head`, the rest of its line in `note`, and whose paragraphs are in `parts`."""

    kind: str
    text: str = ''
    head: str = ''
    note: str = ''
    parts: tuple = ()


def manual(schema: Schema) -> list:
    blocks = prose(INTRODUCTION)
    for chapter in schema.chapters:
        blocks += chapter_blocks(chapter)
    return blocks


def chapter_blocks(chapter: Chapter) -> list:
    blocks = [Block('chapter', chapter.title)] + prose(chapter.text)
    for command in chapter.commands:
        blocks += command_blocks(command)
    for one in chapter.types:
        blocks += type_blocks(one)
    return blocks


def prose(lines: list) -> list:
    return [Block(kind, text) for kind, text in paragraphs(lines)]


def command_blocks(command: Command) -> list:
    sections = command.doc.sections
    blocks = [Block('command', command.name), facts(command)] + prose(command.doc.text)
    if command.arguments:
        blocks += [Block('label', 'Arguments')]
        blocks += [member_block(m) for m in command.arguments.members]
    if command.returns:
        text = f"{type_words(command.returns)}: {' '.join(sections['Returns'])}"
        blocks += [Block('label', 'Returns'), Block('text', text)]
    return blocks + section_blocks(sections)


def section_blocks(sections: dict) -> list:
    blocks: list = []
    for name in ('Errors', 'Systems'):
        if name in sections:
            blocks += [Block('label', name)] + prose(sections[name])
    if 'Example' in sections:
        blocks += [Block('label', 'Example'), Block('code', '\n'.join(sections['Example']))]
    return blocks


def type_blocks(one: Type) -> list:
    blocks = [Block('type', one.name), facts(one)] + prose(one.doc.text)
    label = {'enum': 'Values', 'alternate': 'One of'}.get(one.kind, 'Members')
    blocks += [Block('label', label)]
    blocks += [value_block(v) for v in one.values] + [member_block(m) for m in one.members]
    for variant in one.variants:
        text = (f'If `{one.discriminator.name}` is `{variant.name}`, the members of '
                f'{variant.type.name} follow.')
        blocks += [Block('text', text)]
    return blocks + section_blocks(one.doc.sections)


def member_block(member: Member) -> Block:
    note = type_words(member.type) + (', optional' if member.optional else '')
    return Block('member', head=member.name, note=note, parts=tuple(prose(member.doc)))


def value_block(value: Value) -> Block:
    return Block('member', head=value.name, parts=tuple(prose(value.doc)))


def type_words(reference: Reference) -> str:
    name = WORDS.get(reference.name, reference.name)
    return f'list of {name}' if reference.is_list else name


def system_words(condition: object) -> str:
    word, names = platforms(condition)
    words = [SYSTEMS[name] for name in names]
    text = ' and '.join([', '.join(words[:-1]), words[-1]] if len(words) > 1 else words)
    return f'every system but {text}' if word == 'not' else text


def facts(thing) -> Block:
    """The line below a heading: since when, where, and what is special about a command."""
    said = [f'Since {thing.doc.since}.'] if thing.doc.since else []
    if thing.condition is not None:
        said.append(f'Specified for {system_words(thing.condition)}.')
    if isinstance(thing, Command):
        said += ['Allowed while filesystems are frozen.'] if thing.frozen_ok else []
        said += ['No reply on success.'] if not thing.success_response else []
    else:
        said.insert(0, thing.kind.capitalize() + '.')
    return Block('facts', ' '.join(said))
