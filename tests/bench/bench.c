/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One measurement against one agent: bench ADDRESS MEASURE SECONDS
 * ADDRESS is that of a unix socket or a named pipe.  Prints operations per second (bytes per second
 * for the transfers).  Knows nothing of virtagent's own code, so that all agents are asked in
 * exactly the same way.
 */
#include "bench-peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB           (1024u * 1024)
#define PIPELINE      1000
#define SCRATCH_BYTES (64 * MIB)

typedef struct {
    Peer *peer;
    char *reply; /* the last line, NUL-terminated */
} Agent;

/* Receives until @lines line feeds have come; the replies are left in agent->reply. */
static size_t get_lines(Agent *agent, unsigned lines)
{
    size_t have = 0;
    while (lines > 0) {
        size_t n = peer_get(agent->peer, agent->reply + have, SCRATCH_BYTES - have - 1);
        const char *from = agent->reply + have, *end = from + n, *feed;
        have += n;
        while (lines > 0 && (feed = memchr(from, '\n', (size_t)(end - from)))) {
            from = feed + 1;
            lines--;
        }
    }
    agent->reply[have] = '\0';
    return have;
}

static const char *ask(Agent *agent, const char *request)
{
    static const char error[] = "{\"error\"";

    peer_put(agent->peer, request, strlen(request));
    get_lines(agent, 1);
    if (strncmp(agent->reply, error, sizeof error - 1) == 0) {
        fprintf(stderr, "bench: %.60s... -> %.200s\n", request, agent->reply);
        exit(1);
    }
    return agent->reply;
}

static long ask_number(Agent *agent, const char *request, const char *before)
{
    const char *at = strstr(ask(agent, request), before);
    if (!at)
        peer_die(before);
    return strtol(at + strlen(before), NULL, 10);
}

static long open_file(Agent *agent, const char *path, const char *mode)
{
    char request[512];
    snprintf(request, sizeof request,
             "{\"execute\":\"guest-file-open\",\"arguments\":{\"path\":\"%s\",\"mode\":\"%s\"}}\n",
             path, mode);
    return ask_number(agent, request, "\"return\": ");
}

static void on_file(Agent *agent, const char *command, long handle, const char *more)
{
    char request[256];
    snprintf(request, sizeof request, "{\"execute\":\"%s\",\"arguments\":{\"handle\":%ld%s}}\n",
             command, handle, more);
    ask(agent, request);
}

/* Each of these does one operation and returns what it counts for. */

static double ask_once(Agent *agent, void *request)
{
    ask(agent, request);
    return 1;
}

static double pipeline(Agent *agent, void *requests)
{
    peer_put(agent->peer, requests, strlen(requests));
    get_lines(agent, PIPELINE);
    return PIPELINE;
}

typedef struct {
    long handle;
    size_t size;
    char *request;
} Transfer;

static double read_file(Agent *agent, void *data)
{
    Transfer *transfer = data;
    on_file(agent, "guest-file-seek", transfer->handle, ",\"offset\":0,\"whence\":0");
    ask(agent, transfer->request);
    return (double)transfer->size;
}

static double write_file(Agent *agent, void *data)
{
    Transfer *transfer = data;
    on_file(agent, "guest-file-seek", transfer->handle, ",\"offset\":0,\"whence\":0");
    ask(agent, transfer->request);
    return (double)transfer->size;
}

static double run_program(Agent *agent, void *start)
{
    char request[128];
    long pid = ask_number(agent, start, "\"pid\": ");
    snprintf(request, sizeof request,
             "{\"execute\":\"guest-exec-status\",\"arguments\":{\"pid\":%ld}}\n", pid);
    while (!strstr(ask(agent, request), "\"exited\": true"))
        continue;
    return 1;
}

static char *repeated(const char *line, unsigned times)
{
    size_t length = strlen(line);
    char *text = malloc(length * times + 1);
    for (unsigned i = 0; i < times; i++)
        memcpy(text + i * length, line, length + 1);
    return text;
}

static char *make_file(size_t size)
{
    char *data = malloc(size);
    memset(data, 'x', size);
    char *path = peer_make_file(data, size);
    free(data);
    return path;
}

static Transfer prepare_read(Agent *agent, const char *path, size_t size)
{
    Transfer transfer = {.handle = open_file(agent, path, "r"), .size = size};
    if (asprintf(&transfer.request,
                 "{\"execute\":\"guest-file-read\",\"arguments\":{\"handle\":%ld,\"count\":%zu}}\n",
                 transfer.handle, size) < 0)
        peer_die("memory");
    return transfer;
}

static Transfer prepare_write(Agent *agent, const char *path, size_t size)
{
    size_t length = (size + 2) / 3 * 4;
    Transfer transfer = {.handle = open_file(agent, path, "r+"), .size = size};
    char *payload = malloc(length + 1);

    memset(payload, 'A', length + 1);
    payload[length] = '\0';
    memcpy(payload + length - 2, size % 3 == 1 ? "==" : size % 3 == 2 ? "A=" : "AA", 2);
    if (asprintf(&transfer.request,
                 "{\"execute\":\"guest-file-write\",\"arguments\":{\"handle\":%ld,\"buf-b64\":\"%"
                 "s\"}}\n",
                 transfer.handle, payload) < 0)
        peer_die("memory");
    free(payload);
    return transfer;
}

static double rate(Agent *agent, double (*operation)(Agent *, void *), void *data, double seconds)
{
    double count = 0, start, end;

    operation(agent, data);
    start = peer_now();
    do {
        count += operation(agent, data);
        end = peer_now();
    } while (end - start < seconds);
    return count / (end - start);
}

static double transfer_rate(Agent *agent, const char *measure, double seconds)
{
    size_t size = (size_t)strtoul(strchr(measure, '-') + 1, NULL, 10) * MIB;
    int reads = strncmp(measure, "read", 4) == 0;
    char *path = make_file(size);
    Transfer transfer = (reads ? prepare_read : prepare_write)(agent, path, size);
    double result = rate(agent, reads ? read_file : write_file, &transfer, seconds);

    on_file(agent, "guest-file-close", transfer.handle, "");
    free(transfer.request);
    peer_remove_file(path);
    free(path);
    return result;
}

static double exec_rate(Agent *agent, double seconds)
{
    char request[2048], *program = peer_program();
    snprintf(request, sizeof request,
             "{\"execute\":\"guest-exec\",\"arguments\":{%s,\"capture-output\":true}}\n", program);
    free(program);
    return rate(agent, run_program, request, seconds);
}

/* Microseconds until the first answer after a rest, which lasts until we are sent a line. */
static double first_answer(Agent *agent)
{
    ask(agent, "{\"execute\":\"guest-ping\"}\n");
    printf("ready\n");
    fflush(stdout);
    getchar();
    double start = peer_now();
    ask(agent, "{\"execute\":\"guest-ping\"}\n");
    return (peer_now() - start) * 1e6;
}

static double measure(Agent *agent, const char *name, double seconds)
{
    char request[128];

    if (strcmp(name, "first") == 0)
        return first_answer(agent);
    if (strcmp(name, "pipeline") == 0)
        return rate(agent, pipeline, repeated("{\"execute\":\"guest-ping\"}\n", PIPELINE), seconds);
    if (strcmp(name, "exec") == 0)
        return exec_rate(agent, seconds);
    if (strchr(name, '-') && strspn(name, "readwrite") == strcspn(name, "-"))
        return transfer_rate(agent, name, seconds);
    snprintf(request, sizeof request, "{\"execute\":\"guest-%s\"}\n", name);
    return rate(agent, ask_once, request, seconds);
}

int main(int argc, char **argv)
{
    Agent agent;

    if (argc == 2 && strcmp(argv[1], "nothing") == 0)
        return 0;
    if (argc != 4) {
        fprintf(stderr, "usage: bench ADDRESS MEASURE SECONDS; MEASURE is "
                        "ping|pipeline|exec|read-N|write-N|first|COMMAND\n");
        return 2;
    }
    agent.peer = peer_open(argv[1]);
    agent.reply = malloc(SCRATCH_BYTES);
    printf("%.1f\n", measure(&agent, argv[2], atof(argv[3])));
    return 0;
}
