/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-channel.h"

/* The channels that are open.  Strings are borrowed from the test. */
typedef struct {
    const char *failure; /* not NULL: opening fails, saying this */
    guint opens;         /* tries */
    OsChannel *channel;  /* the last one opened and not freed, else NULL */
} FakeChannel;

FakeChannel *fake_channel(void);

/* A host comes in with @stream; the channel breaks. */
void fake_channel_connect(OsStream *stream);
void fake_channel_lose(const char *why);
