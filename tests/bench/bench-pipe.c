/* SPDX-License-Identifier: Apache-2.0 */
#include "bench-peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

/* How much a writer hands over at a time. */
#define WRITE_MAX (256u << 10)
#define TEXT_MAX  1024

struct Peer {
    HANDLE pipe;
};

void peer_die(const char *what)
{
    fprintf(stderr, "bench: %s: error %lu\n", what, GetLastError());
    exit(1);
}

static void widen(UINT from, const char *text, wchar_t wide[TEXT_MAX])
{
    if (!MultiByteToWideChar(from, 0, text, -1, wide, TEXT_MAX))
        peer_die(text);
}

/* In UTF-8, with slashes: a backslash would have to be escaped in JSON. */
static char *narrow(const wchar_t *path)
{
    char *text = malloc(TEXT_MAX);
    if (!WideCharToMultiByte(CP_UTF8, 0, path, -1, text, TEXT_MAX, NULL, NULL))
        peer_die("path");
    for (char *at = text; (at = strchr(at, '\\'));)
        *at = '/';
    return text;
}

Peer *peer_open(const char *address)
{
    wchar_t name[TEXT_MAX];
    Peer *peer = malloc(sizeof *peer);

    widen(CP_ACP, address, name);
    peer->pipe = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                             SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, NULL);
    if (peer->pipe == INVALID_HANDLE_VALUE)
        peer_die(address);
    return peer;
}

void peer_put(Peer *peer, const void *data, size_t size)
{
    const char *from = data;
    for (DWORD n; size > 0; from += n, size -= n)
        if (!WriteFile(peer->pipe, from, (DWORD)(size < WRITE_MAX ? size : WRITE_MAX), &n, NULL))
            peer_die("write");
}

size_t peer_get(Peer *peer, void *buf, size_t size)
{
    DWORD n;
    if (!ReadFile(peer->pipe, buf, (DWORD)size, &n, NULL) || n == 0)
        peer_die("read");
    return n;
}

double peer_now(void)
{
    LARGE_INTEGER ticks, rate;
    QueryPerformanceCounter(&ticks);
    QueryPerformanceFrequency(&rate);
    return (double)ticks.QuadPart / (double)rate.QuadPart;
}

/* In the current directory, which the caller chooses: the temporary one of Windows may be on
 * another disk than what is compared with it. */
char *peer_make_file(const void *data, size_t size)
{
    wchar_t here[TEXT_MAX], name[MAX_PATH];
    DWORD n;

    if (!GetCurrentDirectoryW(TEXT_MAX, here) || !GetTempFileNameW(here, L"va", 0, name))
        peer_die("temporary file");
    HANDLE file = CreateFileW(name, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE || !WriteFile(file, data, (DWORD)size, &n, NULL) || n != size)
        peer_die("temporary file");
    CloseHandle(file);
    return narrow(name);
}

void peer_remove_file(const char *path)
{
    wchar_t name[TEXT_MAX];
    widen(CP_UTF8, path, name);
    DeleteFileW(name);
}

/* This program, which does nothing if that is asked of it. */
char *peer_program(void)
{
    static const char form[] = "\"path\":\"%s\",\"arg\":[\"nothing\"]";
    wchar_t self[TEXT_MAX];
    DWORD length = GetModuleFileNameW(NULL, self, TEXT_MAX);

    if (length == 0 || length == TEXT_MAX)
        peer_die("this program's path");
    char *path = narrow(self);
    size_t size = sizeof form + strlen(path);
    char *words = malloc(size);
    snprintf(words, size, form, path);
    free(path);
    return words;
}
