#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes C code and the reference manual from the schema (see the top of schema.qapi)."""

from __future__ import annotations

import argparse
import os
import sys

from build import load
from c_commands import commands_header, commands_source
from c_names import check_names
from c_types import types_header, types_source
from man_page import man_page
from markdown import markdown
from model import Schema
from reader import SchemaError
from resolve import resolve_all


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--later', default='', metavar='NEEDS,...',
                        help='features whose commands are listed but have no C code yet')
    parser.add_argument('--out', required=True, metavar='DIR')
    parser.add_argument('schema')
    return parser.parse_args()


def load_schema(path: str) -> Schema:
    schema = load(path)
    resolve_all(schema)
    check_names(schema)
    return schema


def check_later(schema: Schema, later: list) -> None:
    known = {command.needs for command in schema.commands.values()}
    for name in later:
        if name not in known:
            raise SchemaError('--later', f"no command needs '{name}'")


def outputs(schema: Schema, later: list) -> dict:
    return {
        'schema-types.h': types_header(schema),
        'schema-types.c': types_source(schema),
        'schema-commands.h': commands_header(schema, later),
        'schema-commands.c': commands_source(schema, later),
        'virtagent-commands.md': markdown(schema),
        'virtagent-commands.7': man_page(schema),
    }


def main() -> int:
    arguments = parse_arguments()
    later = [name for name in arguments.later.split(',') if name]
    try:
        schema = load_schema(arguments.schema)
        check_later(schema, later)
        texts = outputs(schema, later)
    except SchemaError as error:
        print(error, file=sys.stderr)
        return 1
    for name, text in texts.items():
        with open(os.path.join(arguments.out, name), 'w', encoding='utf-8', newline='\n') as file:
            file.write(text)
    return 0


if __name__ == '__main__':
    sys.exit(main())
