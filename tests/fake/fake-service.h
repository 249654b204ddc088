/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-service.h"

/* A system with services: "install" and "uninstall".  As on one without until this is called. */
void fake_service_offer(gboolean offered);
