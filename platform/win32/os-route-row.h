/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-iphlp.h"
#include "os-route.h"

/* A row of GetIpForwardTable2() in the terms of the contract, without the interface's name.
 * @interface_metric is added to that of the row, as the system does when it chooses. */
OsRoute *os_route_of_row(const MIB_IPFORWARD_ROW2 *row, guint32 interface_metric);
