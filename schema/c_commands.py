# SPDX-License-Identifier: Apache-2.0
"""Emits schema-commands.h and schema-commands.c: prototypes, thunks and the command table.

The shape of the functions is described at the top of core/command.h.
"""

from __future__ import annotations

from c_names import c_type, command_function, command_symbol, descriptor
from c_types import NOTICE, fill, reference_fields
from model import Command, Schema


def in_parameter(command: Command) -> list:
    return [f'const {command.arguments.name} *in'] if command.arguments else []


def out_parameter(command: Command) -> list:
    return [f'{c_type(command.returns)}*out'] if command.returns else []


def prototype(result: str, name: str, parameters: list) -> str:
    first = f'{result}{name}('
    return fill(parameters + ['GError **error'], first, ' ' * len(first)) + ');\n'


def wait_prototype(command: Command) -> str:
    first = f'gboolean {command_function(command)}_wait('
    parameters = ['VaAgent *agent'] + in_parameter(command) + ['VaWake wake', 'gpointer data']
    return fill(parameters, first, ' ' * len(first)) + ');\n'


def at_once_prototype(command: Command) -> str:
    first = f'gboolean {command_function(command)}_at_once('
    parameters = [f'{command.holds} *held'] + in_parameter(command) + out_parameter(command)
    return fill(parameters, first, ' ' * len(first)) + ');\n'


def prototypes(command: Command) -> str:
    name, held = command_function(command), f'{command.holds} *held'
    given, out = in_parameter(command), out_parameter(command)
    if not command.holds:
        first = [] if command.blocking else ['VaAgent *agent']
        wait = wait_prototype(command) if command.patient else ''
        return wait + prototype('gboolean ', name, first + given + out)
    at_once = at_once_prototype(command) if command.at_once else ''
    return (at_once + prototype(f'{command.holds} *', name + '_take', ['VaAgent *agent'] + given)
            + prototype('gboolean ', name, [held] + given + out)
            + prototype('gboolean ', name + '_give',
                        ['VaAgent *agent', held] + out + ['gboolean done']))


def commands_header(schema: Schema, later: list) -> str:
    commands = [c for c in schema.ordered_commands() if c.needs not in later]
    parts = [NOTICE, '#pragma once\n#include "command.h"\n#include "schema-types.h"\n\n']
    parts += [f'typedef struct {h} {h};\n' for h in sorted({c.holds for c in commands} - {''})]
    parts += ['\n' + prototypes(c) for c in commands]
    return ''.join(parts)


def function(name: str, parameters: str, body: str) -> str:
    return f'static gboolean {name}({parameters})\n{{\n{body}}}\n\n'


def call_line(use: str, name: str, arguments: list) -> str:
    first = f'    {use}{name}('
    return fill(arguments, first, ' ' * len(first)) + ');\n'


def call_text(command: Command, name: str, first: list, last: list) -> str:
    """A thunk's body around one call: the result travels in a variable of its own type."""
    if not command.returns:
        return call_line('return ', name, first + last)
    if command.returns.kind == 'int':
        return call_line('return ', name, first + ['&call->out.integer'] + last)
    slot = 'pointer' if command.returns.is_pointer else 'enumeration'
    cast = '' if command.returns.is_pointer else f'({command.returns.name})'
    return (f'    {c_type(command.returns)}out = {cast}call->out.{slot};\n'
            + call_line('gboolean ok = ', name, first + ['&out'] + last)
            + f'\n    call->out.{slot} = out;\n    return ok;\n')


def run_thunk(command: Command) -> str:
    first = ['call->held'] if command.holds else [] if command.blocking else ['call->agent']
    first += ['call->in'] if command.arguments else []
    body = call_text(command, command_function(command), first, ['error'])
    return function('run_' + command_symbol(command), 'VaCall *call, GError **error', body)


def wait_thunk(command: Command) -> str:
    body = call_line('return ', command_function(command) + '_wait',
                     ['call->agent', 'call->in', 'wake', 'data'])
    return function('wait_' + command_symbol(command), 'VaCall *call, VaWake wake, gpointer data',
                    body)


def take_thunk(command: Command) -> str:
    given = ', call->in' if command.arguments else ''
    body = (f'    call->held = {command_function(command)}_take(call->agent{given}, error);\n'
            '    return call->held != NULL;\n')
    return function('take_' + command_symbol(command), 'VaCall *call, GError **error', body)


def at_once_thunk(command: Command) -> str:
    first = ['call->held'] + (['call->in'] if command.arguments else [])
    body = call_text(command, command_function(command) + '_at_once', first, [])
    return function('at_once_' + command_symbol(command), 'VaCall *call', body)


def give_thunk(command: Command) -> str:
    body = call_text(command, command_function(command) + '_give',
                     ['call->agent', 'g_steal_pointer(&call->held)'], ['done', 'error'])
    return function('give_' + command_symbol(command),
                    'VaCall *call, gboolean done, GError **error', body)


def thunks(command: Command) -> str:
    if not command.holds:
        return (wait_thunk(command) if command.patient else '') + run_thunk(command)
    at_once = at_once_thunk(command) if command.at_once else ''
    return take_thunk(command) + at_once + run_thunk(command) + give_thunk(command)


def out_text(command: Command) -> str:
    first = f'static const VaMember out_{command_symbol(command)} = {{'
    return fill(reference_fields(command.returns), first, '    ') + '};\n'


def flags(command: Command) -> list:
    names = {'BLOCKING': command.blocking, 'FROZEN_OK': command.frozen_ok,
             'SILENT': not command.success_response, 'SYNC': command.sync,
             'DELIMITED': command.sync == 'delimited', 'IN_ORDER': command.in_order}
    return ['VA_COMMAND_' + name for name, is_set in names.items() if is_set]


def table_row(command: Command, later: list) -> str:
    symbol, needs = command_symbol(command), command.needs or 'none'
    fields = [f'.name = "{command.name}"']
    fields += ['.flags = ' + ' | '.join(flags(command))] if flags(command) else []
    fields += [f".needs = OS_FEATURE_{needs.upper().replace('-', '_')}"]
    fields += [f'.audit = "{command.audit}"'] if command.audited else []
    fields += [f'.in = &{descriptor(command.arguments)}'] if command.arguments else []
    fields += [f'.out = &out_{symbol}'] if command.returns else []
    if command.needs not in later:
        fields += [f'.run = run_{symbol}']
        fields += [f'.at_once = at_once_{symbol}'] if command.at_once else []
        fields += [f'.wait = wait_{symbol}'] if command.patient else []
        fields += [f'.take = take_{symbol}', f'.give = give_{symbol}'] if command.holds else []
    return '    {\n' + ''.join(f'        {f},\n' for f in fields) + '    },\n'


def commands_source(schema: Schema, later: list) -> str:
    ordered = schema.ordered_commands()
    by_name = sorted(ordered, key=lambda c: c.name)
    indexes = ''.join(f'    {by_name.index(c)}, /* {c.name} */\n' for c in ordered)
    parts = [NOTICE, '#include "schema-commands.h"\n\n']
    parts += [thunks(c) for c in by_name if c.needs not in later]
    parts += [out_text(c) for c in by_name if c.returns]
    parts += ['\nconst VaCommand va_commands[] = {\n']
    parts += [table_row(c, later) for c in by_name]
    parts += ['};\n\nconst guint va_n_commands = G_N_ELEMENTS(va_commands);\n\n']
    parts += [f'const guint16 va_commands_in_schema_order[] = {{\n{indexes}}};\n']
    return ''.join(parts)
