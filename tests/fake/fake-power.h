/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-clock.h"
#include "os-power.h"

#include <gio/gio.h>

/* A power switch and two clocks that only note what is asked of them. */
typedef struct {
    GString *calls; /* a line per call: "power STATE", "set NANOSECONDS", "save", "load" */

    /* Borrowed; not NULL: that call fails, saying this with that code. */
    const char *power_failure, *set_failure, *save_failure, *load_failure;
    GIOErrorEnum code;
} FakePower;

FakePower *fake_power(void);

/* No calls, no failures. */
void fake_power_reset(void);

/* For the fakes: FALSE and *error if @failure is not NULL. */
gboolean fake_power_outcome(const char *failure, GError **error);
