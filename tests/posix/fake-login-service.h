/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* A bus of our own, as the system bus, with a stand-in for logind on it, in a thread. */
typedef struct FakeLogin FakeLogin;

/* A session; one without a name is listed, but gone when it is asked about. */
typedef struct {
    const char *name, *class, *state;
    guint64 microseconds;
} FakeSession;

/* NULL if this machine has no dbus-daemon.  @sessions is borrowed; with none of them there is a bus
 * but no service. */
FakeLogin *fake_login_start(const FakeSession *sessions, guint n);
void fake_login_stop(FakeLogin *login);
