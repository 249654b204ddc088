/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "config.h"

/* The one option table, and how a value gets from text into a VaConfig. */

typedef enum {
    VA_OPTION_FLAG,    /* gboolean */
    VA_OPTION_STRING,  /* char * */
    VA_OPTION_PATH,    /* char *, a file name */
    VA_OPTION_HOOK,    /* the same; on the command line the value may be left out */
    VA_OPTION_PEER,    /* char *, a vsock CID or "any" */
    VA_OPTION_SECONDS, /* char *, a whole number up to VA_CONFIG_SECONDS_MAX */
    VA_OPTION_LIST,    /* GPtrArray * of char *, and a char: its separator */
    VA_OPTION_FILE,    /* char *, the key file: known to the command line only */
    VA_OPTION_CHOICE,  /* char *, one of the choices; known to the command line only */
    VA_OPTION_ACTION,  /* no value; something else to do than to run */
} VaOptionKind;

typedef struct {
    const char *name; /* long, on the command line */
    char letter;      /* short, 0: none */
    const char *key;  /* in the key file, NULL: not there */
    VaOptionKind kind;
    guint offset;          /* in VaConfig */
    const char *argument;  /* how --help shows the value, NULL: takes none */
    const char *help;      /* NULL: an old name of another option, read but not shown */
    guint fallback;        /* offset in OsDefaults of the built-in value, 0: there is none */
    guint separator;       /* LIST: offset of its separator in VaConfig */
    VaConfigAction action; /* what it asks for, 0: to run */
    const char *const *(*choices)(void);   /* what the value can be; NULL: not one of a list */
    const char *const *(*only_with)(void); /* the option exists only where this list holds anything;
                                              NULL: everywhere */
} VaOption;

extern const VaOption va_options[];
extern const guint va_n_options;

/* FALSE for what this system has no use for: nothing finds it by name. */
gboolean va_option_exists(const VaOption *option);

/* NULL if there is none; @name need not end after @length bytes. */
const VaOption *va_option_by_name(const char *name, gsize length);
const VaOption *va_option_by_letter(char letter);
const VaOption *va_option_by_key(const char *key);

/* The built-in value, NULL if there is none. */
const char *va_option_fallback(const VaOption *option);

/* Takes @value over into @config.  An empty value of a string unsets it; a list grows, and must
 * grow.  Errors name the option. */
gboolean va_option_set(const VaOption *option, VaConfig *config, const char *value, GError **error);
