# SPDX-License-Identifier: Apache-2.0
"""Sets the manual as a page for man(1), in the man macros that groff and mandoc both know."""

from __future__ import annotations

import re

from manual import Block, manual
from model import Schema

TITLE = r'''.\" SPDX-License-Identifier: Apache-2.0
.\" Generated from the schema; do not edit.
.TH VIRTAGENT-COMMANDS 7 "" virtagent "Guest agent"
.nh
.SH NAME
virtagent-commands \- commands of the guest agent
.SH DESCRIPTION
'''
# Applied after escape(), hence the backslashes before dashes.
MARKED = re.compile(r'`([^`]*)`|@([a-z](?:[A-Za-z0-9_]|\\-(?=[a-z0-9]))*)')


def escape(text: str) -> str:
    """Characters that roff would read as its own, or replace by typographic ones."""
    for mark, name in (('\\', '\\e'), ('-', '\\-'), ("'", '\\(aq'), ('^', '\\(ha'),
                       ('~', '\\(ti'), ('“', '\\(lq'), ('”', '\\(rq')):
        text = text.replace(mark, name)
    return text


def line(text: str) -> str:
    """A text line: one that begins with a dot would be a request."""
    return ('\\&' if text.startswith(('.', "'")) else '') + text


def inline(text: str) -> str:
    return line(MARKED.sub(bold, escape(text)))


def bold(match: re.Match) -> str:
    return f'\\fB{match.group(1) or match.group(2)}\\fP'


def member(block: Block) -> str:
    note = f' ({inline(block.note)})' if block.note else ''
    body = '\n.IP\n'.join(inline(part.text) for part in block.parts)
    return f'.TP\n\\fB{escape(block.head)}\\fP{note}\n{body}\n'


def code(text: str) -> str:
    lines = '\n'.join(line(escape(row)) for row in text.split('\n'))
    return f'.PP\n.nf\n{lines}\n.fi\n'


def set_block(block: Block) -> str:
    if block.kind == 'chapter':
        return f'.SH "{escape(block.text).upper()}"\n'
    if block.kind in ('command', 'type'):
        return f'.SS {escape(block.text)}\n'
    if block.kind == 'label':
        return f'.PP\n\\fB{escape(block.text)}\\fP\n'
    if block.kind == 'facts':
        return f'\\fI{escape(block.text)}\\fP\n'
    if block.kind == 'code':
        return code(block.text)
    if block.kind == 'member':
        return member(block)
    if block.kind == 'item':
        return f'.IP \\(bu 2\n{inline(block.text)}\n'
    return f'.PP\n{inline(block.text)}\n'


def man_page(schema: Schema) -> str:
    text = ''.join(set_block(b) for b in manual(schema))
    return TITLE + re.sub(r'(\.S[HS] [^\n]*\n)\.PP\n', r'\1', text)
