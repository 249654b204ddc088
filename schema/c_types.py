# SPDX-License-Identifier: Apache-2.0
"""Emits schema-types.h and schema-types.c: C structs and enums, and their descriptors."""

from __future__ import annotations

import textwrap

from c_names import c_type, constant, descriptor, has_flag, identifier, kind, snake
from doc import first_sentence
from model import Member, Reference, Schema, Type

NOTICE = ('/* SPDX-License-Identifier: Apache-2.0 */\n'
          '/* Generated from the schema; do not edit. */\n')


def note(lines: list) -> str:
    """A comment from the first sentence of some documentation, on lines of its own."""
    if not lines:
        return ''
    return textwrap.fill(f'/* {first_sentence(lines)} */', 96, initial_indent='    ',
                         subsequent_indent='     * ', break_on_hyphens=False) + '\n'


def fill(pieces: list, first: str, rest: str) -> str:
    """The pieces with commas between, broken between them where a line exceeds 100 columns."""
    lines = [first + pieces[0]]
    for piece in pieces[1:]:
        if len(lines[-1]) + len(piece) + 4 <= 100:
            lines[-1] += ', ' + piece
        else:
            lines[-1] += ','
            lines.append(rest + piece)
    return '\n'.join(lines)


def field(member: Member) -> str:
    name = identifier(member.name)
    flag = f'    gboolean has_{name};\n' if has_flag(member) else ''
    return f'{note(member.doc)}{flag}    {c_type(member.type)}{name};\n'


def enum_text(one: Type) -> str:
    values = ''.join(f'{note(v.doc)}    {constant(one, v.name)},\n' for v in one.values)
    return f'typedef enum {{\n{values}}} {one.name};\n'


def struct_text(one: Type) -> str:
    """A union's variants are pointers of which at most the one selected is set."""
    if one.kind == 'alternate':
        return alternate_text(one)
    fields = ''.join(field(m) for m in one.members + one.variants)
    return f'struct {one.name} {{\n{fields}}};\n'


def alternate_text(one: Type) -> str:
    constants = ''.join(f'    {constant(one, m.name)},\n' for m in one.members)
    fields = ''.join(f'        {c_type(m.type)}{identifier(m.name)};\n' for m in one.members)
    return (f'enum {{\n{constants}}};\n\n'
            f'struct {one.name} {{\n    int choice;\n    union {{\n{fields}    }};\n}};\n')


def helpers_text(one: Type) -> str:
    name = snake(one.name)
    return f'''
static inline {one.name} *{name}_new(void)
{{
    return g_new0({one.name}, 1);
}}

static inline void {name}_free({one.name} *value)
{{
    va_type_free(&{descriptor(one)}, value);
}}
G_DEFINE_AUTOPTR_CLEANUP_FUNC({one.name}, {name}_free)
'''


def types_header(schema: Schema) -> str:
    structs, enums = schema.structs(), schema.enums()
    parts = [NOTICE, '#pragma once\n#include "codec.h"\n\n']
    parts += [f'typedef struct {s.name} {s.name};\n' for s in structs]
    parts += ['\n' + enum_text(e) for e in enums]
    parts += ['\n' + struct_text(s) for s in structs]
    parts += ['\n'] + [f'extern const VaType {descriptor(t)};\n' for t in enums + structs]
    parts += [helpers_text(s) for s in structs]
    return ''.join(parts)


def member_row(owner: str, member: Member) -> str:
    """One VaMember; has_offset counts for optional scalars only."""
    name = identifier(member.name)
    row = [f'.name = "{member.name}"'] + reference_fields(member.type)
    row += ['.optional = TRUE'] if member.optional else []
    row += [f'.offset = offsetof({owner}, {name})']
    row += [f'.has_offset = offsetof({owner}, has_{name})'] if has_flag(member) else []
    return fill(row, '    {', '     ') + '},\n'


def reference_fields(reference: Reference) -> list:
    fields = [f'.kind = {kind(reference)}']
    fields += ['.list = TRUE'] if reference.is_list else []
    fields += [f'.type = &{descriptor(reference.target)}'] if reference.target else []
    return fields


def table(c_kind: str, name: str, rows: str) -> str:
    return f'static const {c_kind}{name}[] = {{\n{rows}}};\n\n'


def strings_text(name: str, values: list) -> str:
    rows = ''.join(f'    "{v.name}",\n' for v in values)
    return table('char *const ', name, rows)


def variants_text(one: Type) -> str:
    """By value of the discriminator; a value without a variant has an empty row."""
    by_name = {v.name: v for v in one.variants}
    rows = ''.join(member_row(one.name, by_name[v.name]) if v.name in by_name else '    {0},\n'
                   for v in one.discriminator.type.target.values)
    return table('VaMember ', snake(one.name) + '_variants', rows)


def descriptor_text(one: Type) -> str:
    name = snake(one.name)
    fields = [f'.name = "{one.name}"', f'.kind = VA_KIND_{one.kind.upper()}',
              f'.size = sizeof({one.name})']
    tables = ''
    if one.members:
        rows = ''.join(member_row(one.name, m) for m in one.members)
        tables += table('VaMember ', name + '_members', rows)
        fields += [f'.members = {name}_members', f'.n_members = G_N_ELEMENTS({name}_members)']
    values = one.discriminator.type.target.values if one.kind == 'union' else one.values
    if values:
        tables += strings_text(name + '_values', values)
        fields += [f'.values = {name}_values', f'.n_values = G_N_ELEMENTS({name}_values)']
    if one.kind == 'union':
        tables += variants_text(one)
        fields += [f'.discriminator = {one.members.index(one.discriminator)}',
                   f'.variants = {name}_variants']
    rows = ''.join(f'    {f},\n' for f in fields)
    return f'{tables}const VaType {descriptor(one)} = {{\n{rows}}};\n'


def types_source(schema: Schema) -> str:
    parts = [NOTICE, '#include "schema-types.h"\n#include <stddef.h>\n']
    parts += ['\n' + descriptor_text(t) for t in schema.structs_and_enums()]
    return ''.join(parts)
