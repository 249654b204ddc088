/* SPDX-License-Identifier: Apache-2.0 */

/* What the tests run: it says what it was given, or does what it is told.  Words are done one after
 * the other: "args ...": all that follow, as the C runtime sees them; "line ...": the same as
 * CommandLineToArgvW() sees them; "env": the environment; "out TEXT", "err TEXT"; "cat": input to
 * output; "big N": N bytes; "handles": kinds of the standard ones; "sleep MS"; "babble": for ever;
 * "leave MS": a descendant with our handles that lives so long, and its number, which
 * "leave-quietly MS" does not say; "crash"; "interrupt": Ctrl+C for itself; "exit N". */

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <shellapi.h>

int _CRT_glob = 0;

static void say(DWORD where, const void *bytes, size_t size)
{
    DWORD put;
    for (const char *from = bytes; size > 0; from += put, size -= put)
        if (!WriteFile(GetStdHandle(where), from, (DWORD)size, &put, NULL) || put == 0)
            exit(99);
}

static void say_wide(DWORD where, const wchar_t *text, const char *end)
{
    char utf8[65536];
    int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, utf8, sizeof utf8, NULL, NULL);
    say(where, utf8, size > 0 ? (size_t)size - 1 : 0);
    say(where, end, strlen(end));
}

static void say_arguments(wchar_t **words)
{
    for (; *words; words++)
        say_wide(STD_OUTPUT_HANDLE, *words, "|\n");
}

static void say_parsed_line(void)
{
    int count;
    wchar_t **words = CommandLineToArgvW(GetCommandLineW(), &count);
    say_arguments(words + 2);
}

static void say_environment(void)
{
    for (const wchar_t *entry = GetEnvironmentStringsW(); *entry; entry += wcslen(entry) + 1)
        say_wide(STD_OUTPUT_HANDLE, entry, "\n");
}

static void copy_input(void)
{
    char bytes[4096];
    DWORD got;
    while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), bytes, sizeof bytes, &got, NULL) && got > 0)
        say(STD_OUTPUT_HANDLE, bytes, got);
}

static void say_much(long size)
{
    static char line[1024];
    memset(line, 'x', sizeof line);
    for (; size > 0; size -= (long)sizeof line)
        say(STD_OUTPUT_HANDLE, line, size < (long)sizeof line ? (size_t)size : sizeof line);
}

static void say_handles(void)
{
    static const DWORD standard[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    char text[64];
    for (int i = 0; i < 3; i++) {
        snprintf(text, sizeof text, "%lu ", GetFileType(GetStdHandle(standard[i])));
        say(STD_OUTPUT_HANDLE, text, strlen(text));
    }
}

/* Its process number. */
static DWORD leave(const wchar_t *milliseconds)
{
    wchar_t path[MAX_PATH], line[2 * MAX_PATH];
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION info;

    GetModuleFileNameW(NULL, path, MAX_PATH);
    _snwprintf(line, 2 * MAX_PATH, L"\"%ls\" sleep %ls", path, milliseconds);
    if (!CreateProcessW(path, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &info))
        exit(98);
    return info.dwProcessId;
}

static void say_number(unsigned long number)
{
    char text[32];
    snprintf(text, sizeof text, "%lu\n", number);
    say(STD_OUTPUT_HANDLE, text, strlen(text));
}

static BOOL WINAPI interrupted(DWORD why)
{
    ExitProcess(why == CTRL_C_EVENT ? 42 : 97);
}

/* Ends with 42 if Ctrl+C at our console is for us. */
static void interrupt(void)
{
    SetConsoleCtrlHandler(interrupted, TRUE);
    GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
    Sleep(5000);
}

static int is(const wchar_t *word, const wchar_t *name)
{
    return wcscmp(word, name) == 0;
}

/* TRUE if there was no more to do after @word. */
static int do_alone(wchar_t **words)
{
    if (is(*words, L"args"))
        return say_arguments(words + 1), 1;
    if (is(*words, L"line"))
        return say_parsed_line(), 1;
    if (is(*words, L"env"))
        return say_environment(), 1;
    return 0;
}

static void do_simple(const wchar_t *word)
{
    if (is(word, L"cat"))
        copy_input();
    else if (is(word, L"handles"))
        say_handles();
    else if (is(word, L"crash"))
        RaiseException(EXCEPTION_ACCESS_VIOLATION, EXCEPTION_NONCONTINUABLE, 0, NULL);
    else if (is(word, L"interrupt"))
        interrupt();
    else if (is(word, L"babble"))
        for (;;)
            say_much(1024);
    else if (is(word, L"deaf"))
        CloseHandle(GetStdHandle(STD_INPUT_HANDLE));
}

static int do_with(const wchar_t *word, const wchar_t *with)
{
    if (is(word, L"out"))
        say_wide(STD_OUTPUT_HANDLE, with, "\n");
    else if (is(word, L"err"))
        say_wide(STD_ERROR_HANDLE, with, "\n");
    else if (is(word, L"big"))
        say_much(wcstol(with, NULL, 10));
    else if (is(word, L"sleep"))
        Sleep((DWORD)wcstol(with, NULL, 10));
    else if (is(word, L"leave"))
        say_number(leave(with));
    else if (is(word, L"leave-quietly"))
        leave(with);
    else if (is(word, L"exit"))
        ExitProcess((UINT)wcstoul(with, NULL, 0));
    else
        return 0;
    return 1;
}

int wmain(int argc, wchar_t **words);
int wmain(int argc, wchar_t **words)
{
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    for (words++; *words; words++) {
        if (do_alone(words))
            return 0;
        if (words[1] && do_with(words[0], words[1]))
            words++;
        else
            do_simple(words[0]);
    }
    return 0;
}
