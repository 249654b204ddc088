/* SPDX-License-Identifier: Apache-2.0 */
#include "facts.h"

/* Clocks that agree so well are not worth a word; the journey of the reply counts too. */
#define SKEW_SECONDS 0.5

#define DAY 86400.0

void facts_init(Facts *facts, gboolean styled)
{
    *facts = (Facts){.asked = g_get_real_time()};
    card_init(&facts->card, styled);
}

void facts_clear(Facts *facts)
{
    card_clear(&facts->card);
    g_clear_pointer(&facts->zone, g_free);
}

static void line(Facts *facts, const char *label, const char *value)
{
    if (value && *value)
        card_line(&facts->card, label, value);
}

void facts_host_name(Facts *facts, const Reply *reply)
{
    line(facts, "Host name", reply_text(reply, reply->value, "host-name"));
}

void facts_os(Facts *facts, const Reply *reply)
{
    const char *pretty = reply_text(reply, reply->value, "pretty-name");
    const char *name = reply_text(reply, reply->value, "name");
    const char *release = reply_text(reply, reply->value, "kernel-release");
    const char *machine = reply_text(reply, reply->value, "machine");

    line(facts, "System", pretty ? pretty : name);
    if (release && machine)
        card_printf(&facts->card, "Kernel", "%s, %s", release, machine);
    else
        line(facts, "Kernel", release ? release : machine);
}

void facts_zone(Facts *facts, const Reply *reply)
{
    gint64 offset = 0;
    if (!reply_get_integer(reply, "offset", &offset, NULL) || ABS(offset) >= (gint64)DAY)
        return;
    const char *name = reply_text(reply, reply->value, "zone");
    g_free(facts->zone);
    facts->zone = name ? g_strdup(name) : g_strdup_printf("%+.1f h", (double)offset / 3600);
    facts->zone_offset = offset;
}

char *facts_duration(double seconds)
{
    static const struct {
        double size;
        const char *name;
    } units[] = {{DAY, "days"}, {3600, "h"}, {60, "min"}};

    for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
        if (seconds >= 2 * units[i].size)
            return g_strdup_printf("%.0f %s", seconds / units[i].size, units[i].name);
    return g_strdup_printf("%.1f s", seconds);
}

/* The guest's clock against ours: it was read at some time between question and answer. */
static char *skew(const Facts *facts, gint64 guest)
{
    gint64 now = g_get_real_time();
    double behind = (double)(facts->asked - guest) / G_USEC_PER_SEC;
    double ahead = (double)(guest - now) / G_USEC_PER_SEC;
    g_autofree char *size = facts_duration(MAX(behind, ahead));

    if (MAX(behind, ahead) < SKEW_SECONDS)
        return g_strdup("as here");
    return g_strdup_printf("%s %s this host", size, ahead > 0 ? "ahead of" : "behind");
}

static char *local_time(gint64 seconds, gint64 offset)
{
    g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(seconds + offset);
    return moment ? g_date_time_format(moment, "%Y-%m-%d %H:%M:%S") : NULL;
}

void facts_time(Facts *facts, const Reply *reply)
{
    gint64 nanoseconds = 0;
    if (!reply_integer(reply, &nanoseconds, NULL))
        return;
    g_autofree char *when = local_time(nanoseconds / 1000000000, facts->zone_offset);
    g_autofree char *compared = skew(facts, nanoseconds / 1000);
    if (when)
        card_printf(&facts->card, "Time", "%s %s (%s)", when, facts->zone ? facts->zone : "UTC",
                    compared);
}

void facts_load(Facts *facts, const Reply *reply)
{
    static const char *const names[] = {"load1m", "load5m", "load15m"};
    g_autoptr(GString) text = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        double load = 0;
        if (!reply_find_double(reply, reply->value, names[i], &load))
            return;
        g_string_append_printf(text, "%s%.2f", i > 0 ? "  " : "", CLAMP(load, 0, 1e6));
    }
    line(facts, "Load", text->str);
}

void facts_freeze(Facts *facts, const Reply *reply)
{
    const char *status = va_json_kind(reply->document, reply->value) == VA_JSON_STRING
                             ? va_json_text(reply->document, reply->value)
                             : "";
    if (g_str_equal(status, "frozen"))
        card_warning(&facts->card, "Storage", "frozen");
}
