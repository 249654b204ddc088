# SPDX-License-Identifier: Apache-2.0
"""Documentation blocks: what a ## comment says about a definition."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field

from reader import Comment, SchemaError

SECTIONS = ('Returns', 'Errors', 'Systems', 'Example', 'Since')
MEMBER = re.compile(r'@([A-Za-z0-9_-]+):(?: (.*))?$')
SECTION = re.compile(r'(%s):(?: (.*))?$' % '|'.join(SECTIONS))


@dataclass
class Doc:
    """Each text is a list of lines; an empty line parts paragraphs, "- " starts a list item."""

    name: str
    where: str
    text: list = field(default_factory=list)
    members: dict = field(default_factory=dict)
    sections: dict = field(default_factory=dict)

    @property
    def since(self) -> str:
        return ' '.join(self.sections.get('Since', []))


def trim(lines: list) -> list:
    """Without empty lines at both ends and without the indentation that all lines share, the first
    excepted: it stands beside the name of its member or section."""
    body = textwrap.dedent('\n'.join(lines[1:])).split('\n')
    return '\n'.join(lines[:1] + body).strip('\n').split('\n') if any(lines) else []


def parse_doc(comment: Comment) -> Doc:
    """The documentation of a definition; its first line is "@name:"."""
    head = MEMBER.match(comment.lines[0]) if comment.lines else None
    if not head or head.group(2):
        raise SchemaError(comment.where, "documentation must start with a line '@name:'")
    doc = Doc(head.group(1), comment.where)
    here = doc.text
    for line in comment.lines[1:]:
        member, section = MEMBER.match(line), SECTION.match(line)
        if member:
            here = start(doc.members, '@' + member.group(1), member, comment.where)
        elif section:
            here = start(doc.sections, section.group(1), section, comment.where)
        else:
            here.append(line)
    doc.text = trim([''] + doc.text)
    doc.members = {name[1:]: trim(lines) for name, lines in doc.members.items()}
    doc.sections = {name: trim(lines) for name, lines in doc.sections.items()}
    refuse_empty(doc)
    return doc


def start(table: dict, name: str, match: re.Match, where: str) -> list:
    if name in table:
        raise SchemaError(where, f"'{name}' is documented twice")
    table[name] = [match.group(2) or '']
    return table[name]


def refuse_empty(doc: Doc) -> None:
    named = {'@' + name: lines for name, lines in doc.members.items()}
    for name, lines in {'@' + doc.name: doc.text, **named, **doc.sections}.items():
        if not lines:
            raise SchemaError(doc.where,
                              f"documentation of '{doc.name}' says nothing about '{name}'")


def paragraphs(lines: list) -> list:
    """(kind, text) for each paragraph: kind is 'text' or 'item'."""
    found, fresh = [], True
    for line in lines:
        if line.startswith('- '):
            found.append(['item', line[2:]])
        elif line and fresh:
            found.append(['text', line.strip()])
        elif line:
            found[-1][1] += ' ' + line.strip()
        fresh = not line
    return [tuple(entry) for entry in found]


def first_sentence(lines: list) -> str:
    """Enough for a comment in C."""
    text = paragraphs(lines)[0][1].replace('`', '')
    return re.split(r'(?<=[.;:])\s', text)[0].rstrip('.;:')
