/* SPDX-License-Identifier: Apache-2.0 */
#include "facts.h"

#include <string.h>

/* A page stays a page whatever the guest has (or claims to have). */
#define USERS_MAX      10u
#define INTERFACES_MAX 30u
#define ADDRESSES_MAX  10u /* per interface */
#define OFF_MAX        100u

/* Interfaces' names are short (15 bytes on Linux); Windows' are not and get what they need. */
#define NAME_WIDTH     8
#define NAME_WIDTH_MAX 16

static void more(Facts *facts, const char *label, guint n, guint shown)
{
    if (n > shown)
        card_printf(&facts->card, label, "... and %u more", n - shown);
}

/* A session's begin, in the guest's time. */
static char *since(const Facts *facts, const Reply *reply, VaJson user)
{
    double login = 0;
    if (!reply_find_double(reply, user, "login-time", &login) || !(login >= 0 && login < 1e11))
        return NULL;
    g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc((gint64)login + facts->zone_offset);
    return moment ? g_date_time_format(moment, " since %Y-%m-%d %H:%M") : NULL;
}

static void user_line(Facts *facts, const Reply *reply, VaJson user, const char *label)
{
    const char *name = reply_text(reply, user, "user");
    const char *domain = reply_text(reply, user, "domain");
    g_autofree char *begin = since(facts, reply, user);
    card_printf(&facts->card, label, "%s%s%s%s", domain ? domain : "", domain ? "\\" : "",
                name ? name : "?", begin ? begin : "");
}

void facts_users(Facts *facts, const Reply *reply)
{
    guint n = 0;
    for (VaJson user = reply_first(reply, reply->value); user;
         user = reply_next(reply, reply->value, user), n++)
        if (n < USERS_MAX)
            user_line(facts, reply, user, n == 0 ? "Users" : "");
    more(facts, "", n, USERS_MAX);
    if (n == 0 && va_json_kind(reply->document, reply->value) == VA_JSON_ARRAY)
        card_line(&facts->card, "Users", "nobody is logged in");
}

static char *address_text(const Reply *reply, VaJson address)
{
    const char *text = reply_text(reply, address, "ip-address");
    gint64 prefix = -1;
    if (!text)
        return NULL;
    if (!reply_find_integer(reply, address, "prefix", &prefix) || prefix < 0 || prefix > 128)
        return g_strdup(text);
    return g_strdup_printf("%s/%d", text, (int)prefix);
}

static void interface_line(Facts *facts, const char *label, const char *name, int width,
                           const char *address)
{
    card_printf(&facts->card, label, "%-*s %s", width, name, address);
}

/* Returns the number of lines: an interface without addresses has none. */
static guint interface_lines(Facts *facts, const Reply *reply, VaJson interface, int width,
                             gboolean first)
{
    VaJson list = reply_member(reply, interface, "ip-addresses");
    const char *name = reply_text(reply, interface, "name");
    guint lines = 0;

    for (VaJson item = reply_first(reply, list); item && lines < ADDRESSES_MAX;
         item = reply_next(reply, list, item)) {
        g_autofree char *address = address_text(reply, item);
        if (!address)
            continue;
        interface_line(facts, first && lines == 0 ? "Network" : "", lines == 0 && name ? name : "",
                       width, address);
        lines++;
    }
    return lines;
}

static int name_width(const Reply *reply)
{
    glong width = NAME_WIDTH;
    for (VaJson interface = reply_first(reply, reply->value); interface;
         interface = reply_next(reply, reply->value, interface)) {
        const char *name = reply_text(reply, interface, "name");
        if (name && reply_member(reply, interface, "ip-addresses"))
            width = MAX(width, (glong)strlen(name));
    }
    return (int)MIN(width, NAME_WIDTH_MAX);
}

void facts_network(Facts *facts, const Reply *reply)
{
    int width = name_width(reply);
    guint lines = 0, n = 0;

    for (VaJson interface = reply_first(reply, reply->value); interface;
         interface = reply_next(reply, reply->value, interface), n++)
        if (n < INTERFACES_MAX)
            lines += interface_lines(facts, reply, interface, width, lines == 0);
    more(facts, "", n, INTERFACES_MAX);
}

void facts_agent(Facts *facts, const Reply *reply)
{
    g_autoptr(GPtrArray) off = g_ptr_array_new();
    VaJson list = reply_member(reply, reply->value, "supported_commands");
    const char *version = reply_text(reply, reply->value, "version");
    guint on = 0, n_off = 0;

    for (VaJson item = reply_first(reply, list); item; item = reply_next(reply, list, item)) {
        const char *name = reply_text(reply, item, "name");
        if (reply_is_true(reply, item, "enabled"))
            on++;
        else if (n_off++ < OFF_MAX && name)
            g_ptr_array_add(off, (gpointer)name);
    }
    card_printf(&facts->card, "Agent", "version %s, %u commands on, %u off",
                version ? version : "unknown", on, n_off);
    card_words(&facts->card, "Off", off);
}
