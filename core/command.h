/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "codec.h"
#include "os-features.h"

/*
 * The command table: generated from schema/, sorted by name.
 *
 * A command is a C function cmd_NAME ("guest-get-osinfo" is cmd_get_osinfo), declared by the
 * generated schema-commands.h with exactly the parameters it needs:
 *
 *   on the main thread    gboolean cmd_x(VaAgent *agent[, const In *in][, Out *out], GError
 * **error) blocking (on a lane)  gboolean cmd_x([const In *in][, Out *out], GError **error)
 *
 * A blocking command cannot reach the agent, so it cannot share anything by accident.  If it works
 * on something the agent keeps (a file handle, a process), the schema names its C type in `holds`,
 * and the command comes in three parts:
 *
 *   main   Held *cmd_x_take(VaAgent *agent[, const In *in], GError **error)
 *   lane   gboolean cmd_x(Held *held[, const In *in][, Out *out], GError **error)
 *   main   gboolean cmd_x_give(VaAgent *agent, Held *held[, Out *out], gboolean done, GError
 * **error)
 *
 * _take finds or makes it and adds a reference; _give, called whenever _take succeeded, does the
 * books and drops the reference; @done tells whether the middle part succeeded (if not, *error is
 * set already and stays).  Out parameters are written on success only; the caller frees them.
 *
 * One that often needs no waiting is marked `at-once` and has a part that is tried before the lane:
 *
 *   main   gboolean cmd_x_at_once(Held *held[, const In *in][, Out *out])
 *
 * TRUE if that was all; FALSE, with nothing done, if the lane must see to it, errors included.
 *
 * A command of the main thread that is marked `patient` has another part before it:
 *
 *   main   gboolean cmd_x_wait(VaAgent *agent, const In *in, VaWake wake, gpointer data)
 *
 * TRUE if it is better run a moment later: @wake is called once then, not from within.
 */
typedef struct VaAgent VaAgent;

typedef void (*VaWake)(gpointer data);

typedef enum {
    VA_COMMAND_BLOCKING = 1 << 0,  /* runs on a lane */
    VA_COMMAND_FROZEN_OK = 1 << 1, /* allowed, and enabled, while filesystems are frozen */
    VA_COMMAND_SILENT = 1 << 2,    /* no reply on success */
    VA_COMMAND_SYNC = 1 << 3,      /* answered within a second, whatever runs */
    VA_COMMAND_DELIMITED = 1 << 4, /* 0xFF stands before the reply */
    VA_COMMAND_IN_ORDER = 1 << 5,  /* waits for its turn among those so marked: turn.h */
} VaCommandFlags;

/* A value of any command's return type: what a VaMember describes at offset 0. */
typedef union {
    gint64 integer;
    int enumeration;
    gpointer pointer;
} VaValue;

/* One run of a command: its arguments, what it holds, its result. */
typedef struct {
    VaAgent *agent;
    gpointer in;   /* decoded arguments; NULL if the command has none */
    gpointer held; /* between take and give */
    VaValue out;
} VaCall;

typedef struct {
    const char *name;
    VaCommandFlags flags;
    OsFeature needs;
    const char *audit;   /* NULL: no trace in the log; "": its name; else with this argument */
    const VaType *in;    /* NULL: takes no arguments */
    const VaMember *out; /* NULL: returns {} */
    gboolean (*wait)(VaCall *call, VaWake wake, gpointer data); /* NULL unless patient */
    gboolean (*take)(VaCall *call, GError **error); /* NULL unless the command holds something */
    gboolean (*at_once)(VaCall *call);              /* NULL unless so marked */
    gboolean (*run)(VaCall *call, GError **error);  /* NULL: not part of this build */
    gboolean (*give)(VaCall *call, gboolean done, GError **error);
} VaCommand;

extern const VaCommand va_commands[];
extern const guint va_n_commands;

/* In the order of the schema; the last comes first in guest-info. */
extern const guint16 va_commands_in_schema_order[];

/* NULL if there is none of that name. */
const VaCommand *va_command_find(const char *name);

/* FALSE if this back end or this build lacks it: then it is not listed and not found. */
gboolean va_command_exists(const VaCommand *command);
