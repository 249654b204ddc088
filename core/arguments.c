/* SPDX-License-Identifier: Apache-2.0 */
#include "arguments.h"

#include "error.h"
#include "log.h"

#include <string.h>

typedef struct {
    char **words; /* what is left, NULL ends */
    GArray *options;
    VaConfigAction action;
} Parser;

static gboolean fail_word(GError **error, const char *what, const char *word)
{
    g_autofree char *quoted = va_log_quote(word);
    return va_fail(error, "%s %s; --help lists the options", what, quoted);
}

/* A question is answered rather than anything done; the first of them wins. */
static void note_action(Parser *parser, VaConfigAction action)
{
    if (parser->action <= VA_CONFIG_DUMP)
        parser->action = MAX(parser->action, action);
}

static gboolean asks_for_names(const VaOption *option, const char *value)
{
    return option->kind == VA_OPTION_LIST && (!strcmp(value, "help") || !strcmp(value, "?"));
}

static void take(Parser *parser, const VaOption *option, const char *value)
{
    note_action(parser, option->action);
    if (asks_for_names(option, value)) {
        note_action(parser, VA_CONFIG_LIST_COMMANDS);
    } else if (option->kind != VA_OPTION_ACTION) {
        VaArgument argument = {option, value};
        g_array_append_val(parser->options, argument);
    }
}

/* qemu-ga takes the value of -F only from the same word and then uses the built-in hook whatever
 * the next word says; a path there can only be meant for us. */
static const char *hook_value(Parser *parser, const VaOption *option, const char *attached)
{
    if (attached && *attached)
        return attached;
    if (!attached && *parser->words && g_path_is_absolute(*parser->words))
        return *parser->words++;
    return va_option_fallback(option);
}

/* NULL if the value is missing.  @attached is what followed in the same word, NULL if nothing. */
static const char *value_of(Parser *parser, const VaOption *option, const char *attached)
{
    if (!option->argument)
        return "true";
    if (option->kind == VA_OPTION_HOOK)
        return hook_value(parser, option, attached);
    if (attached)
        return attached;
    return *parser->words ? *parser->words++ : NULL;
}

static gboolean parse_long(Parser *parser, const char *word, GError **error)
{
    const char *name = word + 2;
    gsize length = strcspn(name, "=");
    const VaOption *option = va_option_by_name(name, length);
    if (!option)
        return fail_word(error, "unknown option", word);

    const char *attached = name[length] ? name + length + 1 : NULL;
    if (attached && !option->argument)
        return fail_word(error, "no value may follow in", word);
    const char *value = value_of(parser, option, attached);
    if (!value)
        return fail_word(error, "a value is missing after", word);
    take(parser, option, value);
    return TRUE;
}

static gboolean parse_short(Parser *parser, const char *word, GError **error)
{
    for (const char *letter = word + 1; *letter; letter++) {
        const VaOption *option = va_option_by_letter(*letter);
        if (!option)
            return fail_word(error, "unknown option in", word);
        const char *value = value_of(parser, option, letter[1] ? letter + 1 : NULL);
        if (!value)
            return fail_word(error, "a value is missing after", word);
        take(parser, option, value);
        if (option->argument)
            break;
    }
    return TRUE;
}

/* An empty word is what service files make of an empty variable; it cannot hide anything. */
static gboolean parse_word(Parser *parser, const char *word, gboolean *options_end, GError **error)
{
    if (!*word)
        return TRUE;
    if (*options_end || word[0] != '-' || !word[1])
        return fail_word(error, "unexpected argument", word);
    if (word[1] != '-')
        return parse_short(parser, word, error);
    *options_end = !word[2];
    return *options_end || parse_long(parser, word, error);
}

GArray *va_arguments_parse(int argc, char **argv, VaConfigAction *action, GError **error)
{
    g_autoptr(GArray) options = g_array_new(FALSE, FALSE, sizeof(VaArgument));
    Parser parser = {argv + MIN(argc, 1), options, VA_CONFIG_RUN};
    gboolean options_end = FALSE;
    while (*parser.words)
        if (!parse_word(&parser, *parser.words++, &options_end, error))
            return NULL;
    *action = parser.action;
    return g_steal_pointer(&options);
}
