# SPDX-License-Identifier: Apache-2.0
"""Makes a Schema of expressions, refusing what is wrong with one definition alone."""

from __future__ import annotations

import re

from doc import parse_doc
from model import Chapter, Command, Member, Reference, Schema, Type, Value
from reader import Expression, SchemaError, Source, Text

COMMAND_NAME = re.compile(r'(guest|virtagent)(-[a-z0-9]+)+$')
TYPE_NAME = re.compile(r'[A-Z][A-Za-z0-9]*$')
MEMBER_NAME = re.compile(r'\*?[a-z][a-z0-9_-]*$')
SYSTEMS = ('linux', 'freebsd', 'posix', 'windows')

# The keys of each kind of definition: those it must have, those it may have.
KEYS = {
    'command': ((), ('data', 'returns', 'success-response', 'if', 'blocking', 'at-once', 'patient',
                     'in-order', 'frozen-ok', 'sync', 'holds', 'needs', 'audit')),
    'struct': (('data',), ('if',)),
    'enum': (('data',), ('if',)),
    'union': (('base', 'discriminator', 'data'), ('if',)),
    'alternate': (('data',), ('if',)),
}


def refuse_unless(true: object, where: str, text: str) -> None:
    if not true:
        raise SchemaError(where, text)


def load(path: str) -> Schema:
    """The schema of the file and all it includes, each definition sound in itself."""
    source, schema = Source(), Schema()
    source.read(path)
    for parts in source.files:
        chapter = Chapter('', [])
        for part in parts:
            if isinstance(part, Expression):
                define(schema, chapter, part)
            else:
                head(chapter, part)
        if chapter.commands or chapter.types:
            refuse_unless(chapter.title, parts[0].where, "a file starts with a '# = Title' block")
            schema.chapters.append(chapter)
    return schema


def head(chapter: Chapter, comment) -> None:
    """The free-standing block at the top of a file: "= Title" and an introduction."""
    refuse_unless(comment.is_title, comment.where, 'documentation of nothing')
    refuse_unless(not chapter.title, comment.where, 'a file has one title')
    chapter.title, chapter.text = comment.lines[0][2:], comment.lines[1:]


def define(schema: Schema, chapter: Chapter, part: Expression) -> None:
    kind = next(iter(part.keys), '')
    if kind == 'order':
        refuse_unless(not schema.order, part.where, "a schema has one 'order'")
        schema.order = string_list(part.keys['order'], part.where)
        return
    refuse_unless(kind in KEYS, part.where, f"unknown definition '{kind}'")
    check_keys(kind, part)
    name = part.keys[kind]
    refuse_unless(part.comment, part.where, f"'{name}' is not documented")
    doc = parse_doc(part.comment)
    refuse_unless(doc.name == name, doc.where, f"documentation of '{doc.name}' before '{name}'")
    refuse_unless(name not in schema.types and name not in schema.commands, name.where,
                  f"duplicate definition '{name}'")
    if kind == 'command':
        schema.commands[name] = make_command(part, doc)
        chapter.commands.append(schema.commands[name])
    else:
        schema.types[name] = make_type(kind, part, doc)
        chapter.types.append(schema.types[name])


def check_keys(kind: str, part: Expression) -> None:
    needed, allowed = KEYS[kind]
    for key in part.keys:
        refuse_unless(key == kind or key in needed + allowed, key.where,
                      f"unknown key '{key}' in {kind}")
    for key in needed:
        refuse_unless(key in part.keys, part.where, f"{kind} lacks '{key}'")
    name, rule = part.keys[kind], COMMAND_NAME if kind == 'command' else TYPE_NAME
    refuse_unless(isinstance(name, Text) and rule.match(name), part.where, f'bad name {name!r}')


def make_type(kind: str, part: Expression, doc) -> Type:
    keys = part.keys
    made = Type(keys[kind], kind, part.where, doc, condition(keys.get('if'), part.where))
    if kind == 'enum':
        made.values = make_values(keys['data'], doc, part.where)
        check_documented(doc, made.values)
    else:
        made.members = make_members(keys['base' if kind == 'union' else 'data'], doc, part.where)
        check_documented(doc, made.members)
    if kind == 'union':
        made.variants = make_members(keys['data'], None, part.where)
        made.discriminator = find_member(made.members, keys['discriminator'], part.where)
    if kind == 'alternate':
        refuse_unless(not any(m.optional for m in made.members), part.where,
                      'a choice of an alternate cannot be optional')
    return made


def make_values(data: object, doc, where: str) -> list:
    refuse_unless(isinstance(data, list) and data, where, "an enum's data is a list of names")
    made: list = []
    for entry in data:
        entry = entry if isinstance(entry, dict) else {'name': entry}
        name = entry.get('name')
        refuse_unless(isinstance(name, Text) and not set(entry) - {'name', 'if'}, where,
                      "an enum's value is a name, or 'name' and 'if'")
        refuse_unless(name not in [v.name for v in made], name.where, f"duplicate value '{name}'")
        made.append(Value(name, condition(entry.get('if'), where), name.where,
                          doc.members.get(name, [])))
    return made


def make_members(data: object, doc, where: str) -> list:
    refuse_unless(isinstance(data, dict) and data, where, 'members are { name: type, ... }')
    made: list = []
    for key, value in data.items():
        refuse_unless(MEMBER_NAME.match(key), key.where, f"bad member name '{key}'")
        name = key.lstrip('*')
        refuse_unless(name not in [m.name for m in made], key.where, f"duplicate member '{name}'")
        made.append(Member(name, reference(value, key.where), key.startswith('*'), key.where,
                           doc.members.get(name, []) if doc else []))
    return made


def find_member(members: list, name: str, where: str) -> Member:
    found = [m for m in members if m.name == name]
    refuse_unless(found, where, f"no member '{name}'")
    return found[0]


def reference(value: object, where: str) -> Reference:
    is_list = isinstance(value, list)
    name = value[0] if isinstance(value, list) and len(value) == 1 else value
    refuse_unless(isinstance(name, Text), where, "a type is 'T' or ['T']")
    return Reference(name, is_list, name.where)


def condition(value: object, where: str) -> object:
    """'linux', { 'any': ['linux', 'windows'] } or { 'not': 'windows' }."""
    if value is None:
        return None
    names = [value] if isinstance(value, Text) else None
    if isinstance(value, dict) and list(value) == ['any']:
        names = string_list(value['any'], where)
    elif isinstance(value, dict) and list(value) == ['not']:
        names = [value['not']]
    refuse_unless(names and all(n in SYSTEMS for n in names), where,
                  f"'if' names systems ({', '.join(SYSTEMS)}), or 'any' or 'not' of them")
    return value


def string_list(value: object, where: str) -> list:
    refuse_unless(isinstance(value, list) and all(isinstance(v, Text) for v in value), where,
                  'expected a list of strings')
    return value


def check_documented(doc, things: list) -> None:
    for thing in things:
        refuse_unless(thing.doc, thing.where, f"'{thing.name}' is not documented")
    for name in doc.members:
        refuse_unless(name in [t.name for t in things], doc.where,
                      f"documentation of '{doc.name}' names '{name}', which it does not have")


def arguments_name(command: str) -> str:
    return ''.join(word.capitalize() for word in command.split('-')) + 'In'


def make_command(part: Expression, doc) -> Command:
    keys, where = part.keys, part.where
    made = Command(keys['command'], where, doc, condition(keys.get('if'), where))
    if 'data' in keys:
        members = make_members(keys['data'], doc, where)
        made.arguments = Type(arguments_name(made.name), 'struct', where, doc, members=members)
    check_documented(doc, made.arguments.members if made.arguments else [])
    if 'returns' in keys:
        made.returns = reference(keys['returns'], where)
    made.success_response = flag(keys, 'success-response', True, where)
    take_own_keys(made, keys)
    check_command(made)
    return made


def take_own_keys(made: Command, keys: dict) -> None:
    where = made.where
    made.blocking = flag(keys, 'blocking', False, where)
    made.at_once = flag(keys, 'at-once', False, where)
    made.patient = flag(keys, 'patient', False, where)
    made.in_order = flag(keys, 'in-order', False, where)
    made.frozen_ok = flag(keys, 'frozen-ok', False, where)
    if 'sync' in keys:
        refuse_unless(keys['sync'] in (True, 'delimited'), where,
                      "'sync' is true or 'delimited'")
        made.sync = 'delimited' if keys['sync'] == 'delimited' else 'plain'
    made.holds, made.needs = text(keys, 'holds', where), text(keys, 'needs', where)
    made.audited = 'audit' in keys
    made.audit = '' if keys.get('audit') is True else text(keys, 'audit', where)


def flag(keys: dict, key: str, default: bool, where: str) -> bool:
    value = keys.get(key, default)
    refuse_unless(isinstance(value, bool), where, f"'{key}' is true or false")
    return value


def text(keys: dict, key: str, where: str) -> str:
    value = keys.get(key, '')
    refuse_unless(isinstance(value, str) and (value or key not in keys), where,
                  f"'{key}' is a string, and not empty")
    return value


def check_command(made: Command) -> None:
    where, members = made.where, made.arguments.members if made.arguments else []
    refuse_unless(made.doc.since, made.doc.where, f"'{made.name}' lacks 'Since:'")
    refuse_unless(bool(made.returns) == ('Returns' in made.doc.sections), made.doc.where,
                  f"'{made.name}': 'Returns:' goes with 'returns'")
    refuse_unless(made.blocking or not made.holds, where, "'holds' needs 'blocking'")
    refuse_unless(not (made.blocking and made.sync), where, "a sync cannot be 'blocking'")
    refuse_unless(made.blocking or not made.in_order, where, "'in-order' needs 'blocking'")
    refuse_unless(made.holds or not made.at_once, where, "'at-once' needs 'holds'")
    refuse_unless(not made.patient or made.arguments and not (made.blocking or made.sync), where,
                  "'patient' goes with arguments, and not with 'blocking' or 'sync'")
    strings = [m.name for m in members if m.type.name == 'str' and not m.type.is_list]
    refuse_unless(not made.audit or made.audit in strings, where,
                  f"'audit' names '{made.audit}', which is no string argument")
    refuse_unless(made.success_response or not made.returns, where,
                  'a command without a response cannot return anything')
