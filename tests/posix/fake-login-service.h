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

/* How its manager takes questions (CanReboot...) and orders (Reboot...).  It is a manager from
 * before systemd 235: it does not know Halt. */
typedef struct {
    const char *answer;  /* to every question */
    const char *refusal; /* of every order; NULL: taken */
    GString *orders;     /* those that came: "Reboot(false)\n" */
} FakeManager;

/* NULL if this machine has no dbus-daemon.  @sessions is borrowed; with none of them there is a bus
 * but no service. */
FakeLogin *fake_login_start(const FakeSession *sessions, guint n);

/* The same with @manager, borrowed until fake_login_stop(), and nobody logged in. */
FakeLogin *fake_login_start_manager(FakeManager *manager);
void fake_login_stop(FakeLogin *login);
