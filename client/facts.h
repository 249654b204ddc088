/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "card.h"
#include "reply.h"

/* What the facts on a status page are made of, beside the reply at hand. */
typedef struct {
    Card card;
    gint64 asked;       /* real time in microseconds when the requests went out */
    gint64 zone_offset; /* of the guest, seconds east */
    char *zone;         /* its name, NULL: not known */
} Facts;

void facts_init(Facts *facts, gboolean styled);
void facts_clear(Facts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Facts, facts_clear)

/* One per command: puts what the reply says on the card; says nothing if it makes no sense. */
void facts_host_name(Facts *facts, const Reply *reply);
void facts_os(Facts *facts, const Reply *reply);
void facts_zone(Facts *facts, const Reply *reply); /* before facts_time() */
void facts_time(Facts *facts, const Reply *reply);
void facts_load(Facts *facts, const Reply *reply);
void facts_users(Facts *facts, const Reply *reply);
void facts_network(Facts *facts, const Reply *reply);
void facts_freeze(Facts *facts, const Reply *reply);
void facts_agent(Facts *facts, const Reply *reply);

/* "12.3 s", "5 min", "3 h", "20 days". */
char *facts_duration(double seconds);
