/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The headers of the IP helper (iphlpapi.dll), which go in this order only. */

#include <winsock2.h>

#include <ws2tcpip.h>

#include <iphlpapi.h>

#include <netioapi.h>

/* Those of COM, which come with them, make it a word of theirs; the contract has members of that
 * name. */
#undef interface
