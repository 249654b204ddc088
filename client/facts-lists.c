/* SPDX-License-Identifier: Apache-2.0 */
#include "escape.h"
#include "facts.h"

#include <string.h>

/* A page stays a page whatever the guest has (or claims to have). */
#define USERS_MAX     6u
#define NETWORK_MAX   12u /* addresses, but for the last interface's */
#define ADDRESSES_MAX 4u  /* of one interface */
#define OFF_MAX       12u

/* Interfaces' names are short (15 bytes on Linux); a longer one, of Windows, has its own line. */
#define NAME_WIDTH     8
#define NAME_WIDTH_MAX 16

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
    if (n > USERS_MAX)
        card_printf(&facts->card, "", "... and %u more", n - USERS_MAX);
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

static void address_line(Facts *facts, const char *label, const char *name, int width,
                         const char *address)
{
    g_autofree char *shown = escape_line(name, strlen(name));
    int blanks = width - escape_columns(shown);

    if (blanks < 0) {
        card_line(&facts->card, label, shown);
        card_printf(&facts->card, "", "%*s %s", width, "", address);
    } else {
        card_printf(&facts->card, label, "%s%*s %s", shown, blanks, "", address);
    }
}

/* Returns the number of addresses: an interface without them has no line. */
static guint interface_lines(Facts *facts, const Reply *reply, VaJson interface, int width,
                             gboolean first)
{
    VaJson list = reply_member(reply, interface, "ip-addresses");
    const char *name = reply_text(reply, interface, "name");
    guint n = 0;

    for (VaJson item = reply_first(reply, list); item; item = reply_next(reply, list, item)) {
        g_autofree char *address = address_text(reply, item);
        if (address && n++ < ADDRESSES_MAX)
            address_line(facts, first && n == 1 ? "Network" : "", n == 1 && name ? name : "", width,
                         address);
    }
    if (n > ADDRESSES_MAX)
        card_printf(&facts->card, "", "%*s ... and %u more", width, "", n - ADDRESSES_MAX);
    return MIN(n, ADDRESSES_MAX);
}

static int name_width(const Reply *reply)
{
    int width = NAME_WIDTH;
    for (VaJson interface = reply_first(reply, reply->value); interface;
         interface = reply_next(reply, reply->value, interface)) {
        const char *name = reply_text(reply, interface, "name");
        g_autofree char *shown = name ? escape_line(name, strlen(name)) : g_strdup("");
        int columns = escape_columns(shown);
        if (columns <= NAME_WIDTH_MAX && reply_member(reply, interface, "ip-addresses"))
            width = MAX(width, columns);
    }
    return width;
}

void facts_network(Facts *facts, const Reply *reply)
{
    int width = name_width(reply);
    guint addresses = 0, left_out = 0;

    for (VaJson interface = reply_first(reply, reply->value); interface;
         interface = reply_next(reply, reply->value, interface)) {
        if (addresses < NETWORK_MAX)
            addresses += interface_lines(facts, reply, interface, width, addresses == 0);
        else if (reply_first(reply, reply_member(reply, interface, "ip-addresses")))
            left_out++;
    }
    if (left_out > 0)
        card_printf(&facts->card, "", "... and %u more interfaces", left_out);
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
    g_autofree char *rest = g_strdup_printf("... and %u more", n_off - MIN(n_off, OFF_MAX));
    if (n_off > OFF_MAX)
        g_ptr_array_add(off, rest);
    card_words(&facts->card, "Off", off);
}
