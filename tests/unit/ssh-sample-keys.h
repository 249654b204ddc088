/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Public keys made by ssh-keygen for these tests; nobody has the other halves. */

#define ED25519 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN67AAlq/XEgXGOAgb3nBh/n+wsWPmjIpe8QYw9SQznc"
#define ECDSA                                                                                      \
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBRJOYqb"             \
    "PCK4mtnYlmHb5hZCZb1lxSF2hdAOTafDBIMD6C+v5i3FM9BPFByBNAjJKkBXvUtgmASy5djSy+bDTlk="
#define CERTIFICATE                                                                                \
    "ecdsa-sha2-nistp256-cert-v01@openssh.com AAAAKGVjZHNhLXNoYTItbmlzdHAyNTYtY2VydC1"             \
    "2MDFAb3BlbnNzaC5jb20AAAAge9epbroruqsiUF0HDTx6f68uhLhyLXS/WdjEnG64tO0AAAAIbmlzdHA"             \
    "yNTYAAABBBBRJOYqbPCK4mtnYlmHb5hZCZb1lxSF2hdAOTafDBIMD6C+v5i3FM9BPFByBNAjJKkBXvUt"             \
    "gmASy5djSy+bDTlkAAAAAAAAAAAAAAAEAAAACaWQAAAAHAAAAA2JvYgAAAAAAAAAA//////////8AAAA"             \
    "AAAAAggAAABVwZXJtaXQtWDExLWZvcndhcmRpbmcAAAAAAAAAF3Blcm1pdC1hZ2VudC1mb3J3YXJkaW5"             \
    "nAAAAAAAAABZwZXJtaXQtcG9ydC1mb3J3YXJkaW5nAAAAAAAAAApwZXJtaXQtcHR5AAAAAAAAAA5wZXJ"             \
    "taXQtdXNlci1yYwAAAAAAAAAAAAAAMwAAAAtzc2gtZWQyNTUxOQAAACDeuwAJav1xIFxjgIG95wYf5/s"             \
    "LFj5oyKXvEGMPUkM53AAAAFMAAAALc3NoLWVkMjU1MTkAAABAh8sw2UZGWzx9rU8FvXYFjPtqQNnFmb9"             \
    "FYatZLIalChDboxJ1uiTbrRpwlIOYM4N4Erqe7wReh/nCR16GqCYNBg=="
