# SPDX-License-Identifier: Apache-2.0
"""Sets the manual as Markdown."""

from __future__ import annotations

import re

from manual import Block, manual
from model import Schema

TITLE = '# Commands of the guest agent\n\n<!-- Generated from the schema; do not edit. -->\n\n'
PIECES = re.compile(r'(`[^`]*`)')
NAME = re.compile(r'@?\b[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*')
SPECIAL = re.compile(r'([\\*_<>\[\]])')


class Markdown:
    """Knows the names that become links: every command and type has a heading of its own."""

    def __init__(self, schema: Schema):
        self.linked = {*schema.commands, *schema.types}

    def inline(self, text: str) -> str:
        pieces = PIECES.split(text)
        return ''.join(p if p.startswith('`') else self.plain(p) for p in pieces)

    def plain(self, text: str) -> str:
        return NAME.sub(self.name, SPECIAL.sub(r'\\\1', text))

    def name(self, match: re.Match) -> str:
        word = match.group().replace('\\', '')
        if word.startswith('@'):
            return f'`{word[1:]}`'
        if word in self.linked:
            return f'[{word}](#{word.lower()})'
        return match.group()

    def block(self, block: Block) -> str:
        if block.kind in ('command', 'type'):
            return f'### {block.text}\n\n'
        if block.kind == 'chapter':
            return f'## {block.text}\n\n'
        if block.kind == 'label':
            return f'**{block.text}**\n\n'
        if block.kind == 'facts':
            return f'*{self.inline(block.text)}*\n\n'
        if block.kind == 'code':
            return f'```\n{block.text}\n```\n\n'
        if block.kind == 'member':
            return self.member(block)
        return ('- ' if block.kind == 'item' else '') + self.inline(block.text) + '\n\n'

    def member(self, block: Block) -> str:
        note = f' ({self.inline(block.note)})' if block.note else ''
        body = '\n\n  '.join(('- ' if p.kind == 'item' else '') + self.inline(p.text)
                             for p in block.parts)
        return f'- `{block.head}`{note}: {body}\n\n'


def tighten(text: str) -> str:
    """No empty line between the items of a list."""
    return re.sub(r'(\n- [^\n]*)\n(?=\n- )', r'\1', text)


def markdown(schema: Schema) -> str:
    setter = Markdown(schema)
    text = ''.join(setter.block(b) for b in manual(schema))
    return TITLE + tighten(text).rstrip('\n') + '\n'
