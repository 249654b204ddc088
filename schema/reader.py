# SPDX-License-Identifier: Apache-2.0
"""Reads schema text: JSON with single quotes, comments, and ## documentation blocks."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Optional


class SchemaError(Exception):
    """What is wrong with the schema, and where ("file:line")."""

    def __init__(self, where: str, text: str):
        super().__init__(f'{where}: {text}')


class Text(str):
    """A string of the schema that knows where it stands."""

    where = ''

    @staticmethod
    def at(text: str, where: str) -> Text:
        made = Text(text)
        made.where = where
        return made


@dataclass
class Comment:
    """The lines of a ## block, without their "# "."""

    lines: list
    where: str

    @property
    def is_title(self) -> bool:
        """Titles stand alone, whatever follows them."""
        return bool(self.lines) and self.lines[0].startswith('= ')


@dataclass
class Expression:
    """One { ... } of the outermost level, and the ## block right before it."""

    keys: dict
    where: str
    comment: Optional[Comment]


@dataclass
class Token:
    kind: str
    text: str
    where: str


TOKEN = re.compile(r"""
    (?P<doc>     ^\#\#[ ]*\n (?:\#(?:[^\#\n][^\n]*)?\n)* \#\#[ ]*$ )
  | (?P<comment> \#[^\n]* )
  | (?P<string>  '[^'\n]*' )
  | (?P<word>    [a-z]+ )
  | (?P<mark>    [{}\[\]:,] )
  | (?P<blank>   \s+ )
""", re.VERBOSE | re.MULTILINE)


def tokens(path: str) -> list:
    """The tokens of a file, comments and blanks dropped, and an end mark."""
    with open(path, encoding='utf-8') as file:
        text = file.read()
    name = os.path.basename(path)
    found, at, line = [], 0, 1
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise SchemaError(f'{name}:{line}', f'stray {text[at]!r}')
        if match.group().strip() == '##':
            raise SchemaError(f'{name}:{line}', 'documentation block without an end')
        if match.lastgroup not in ('comment', 'blank'):
            found.append(Token(match.lastgroup, match.group(), f'{name}:{line}'))
        line += match.group().count('\n')
        at = match.end()
    found.append(Token('end', 'end of file', f'{name}:{line}'))
    return found


@dataclass
class Reader:
    """Recursive descent over the tokens of one file."""

    tokens: list
    at: int = 0

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def next_is(self, text: str) -> bool:
        return self.tokens[self.at].text == text

    def expect(self, text: str) -> Token:
        token = self.take()
        if token.text != text:
            raise SchemaError(token.where, f'expected {text!r}, found {token.text!r}')
        return token

    def value(self):
        token = self.take()
        if token.text == '{':
            return self.pairs()
        if token.text == '[':
            return self.elements()
        if token.kind == 'string':
            return Text.at(token.text[1:-1], token.where)
        if token.text in ('true', 'false'):
            return token.text == 'true'
        raise SchemaError(token.where, f'expected a value, found {token.text!r}')

    def pairs(self) -> dict:
        made: dict = {}
        while not self.next_is('}'):
            if made:
                self.expect(',')
            name = self.value()
            if not isinstance(name, Text):
                raise SchemaError(self.tokens[self.at - 1].where, 'a name must be a string')
            if name in made:
                raise SchemaError(name.where, f"duplicate name '{name}'")
            self.expect(':')
            made[name] = self.value()
        self.take()
        return made

    def elements(self) -> list:
        made: list = []
        while not self.next_is(']'):
            if made:
                self.expect(',')
            made.append(self.value())
        self.take()
        return made


def comment_of(token: Token) -> Comment:
    lines = token.text.split('\n')[1:-1]
    return Comment([line[2:].rstrip() for line in lines], token.where)


def read_expressions(path: str) -> list:
    """The expressions of a file and its free-standing comments, in order."""
    reader, found = Reader(tokens(path)), []
    while not reader.next_is('end of file'):
        token, comment = reader.take(), None
        if token.kind == 'doc':
            comment = comment_of(token)
            if comment.is_title or not reader.next_is('{'):
                found.append(comment)
                continue
            token = reader.take()
        if token.text != '{':
            raise SchemaError(token.where, f"expected '{{', found {token.text!r}")
        found.append(Expression(reader.pairs(), token.where, comment))
    return found


@dataclass
class Source:
    """Every file of a schema, each read once, in the order of their inclusion."""

    files: list = field(default_factory=list)
    seen: set = field(default_factory=set)

    def read(self, path: str) -> None:
        self.seen.add(os.path.realpath(path))
        own: list = []
        self.files.append(own)
        for part in read_expressions(path):
            if isinstance(part, Expression) and 'include' in part.keys:
                self.include(part, os.path.dirname(path))
            else:
                own.append(part)

    def include(self, part: Expression, folder: str) -> None:
        name = part.keys['include']
        if len(part.keys) != 1 or not isinstance(name, Text):
            raise SchemaError(part.where, "'include' takes one file name and nothing else")
        path = os.path.join(folder, name)
        if not os.path.isfile(path):
            raise SchemaError(name.where, f"no such file '{name}'")
        if os.path.realpath(path) not in self.seen:
            self.read(path)
