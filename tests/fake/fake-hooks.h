/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fake-info.h"
#include "os-hooks.h"

/* Hooks that the test says are there.  What they do is in fake-run.h.  Borrowed from the test; the
 * calls are in fake_info()->calls. */
typedef struct {
    const char *directory;    /* that holds them; any other is empty */
    const char *const *names; /* in order; NULL: none */
    const char *missing;      /* a path at which nothing is */
    const char *refused;      /* a path that the check refuses */
} FakeHooks;

/* No hooks; every path passes the check. */
FakeHooks *fake_hooks(void);
void fake_hooks_reset(void);
