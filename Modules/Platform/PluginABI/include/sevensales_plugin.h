/*
 * SevenSales channel plugin interface, version 1.
 *
 * A channel plugin is a pure function library. It reads webhooks, turns outgoing messages into descriptions of HTTP
 * requests, and reads the responses. It opens no socket, file, process or clock: the host performs every request, keeps
 * every state and passes the time in. The same input always gives the same output.
 *
 * A shared object exports one symbol, `sevensales_plugin_v1`, which returns a table that stays valid and unchanged for
 * the life of the process. The host never unloads a plugin. A statically linked plugin hands the same table over directly.
 *
 * MEMORY
 *   - `input` and `body` belong to the host and are valid only during the call; a plugin keeps no pointer to them.
 *   - `output` is written by the plugin on every status. Its bytes belong to the plugin's allocator; the host copies what
 *     it needs and gives them back through `release` exactly once. An empty output is {NULL, 0} and is not released.
 *   - A slice with count 0 may have a NULL pointer. Bytes are not terminated.
 *   - Nothing but these slices passes between the two sides: no handles, no callbacks, no shared state. A host may
 *     therefore put a process boundary between the call and its execution without the plugin noticing.
 *
 * THREADS
 *   `call` and `release` may be called from any thread and at the same time. A plugin needs no mutable global state;
 *   a plugin that has some must lock it, and must not let it influence an output.
 *
 * TIME AND SIZE
 *   A call should take microseconds and never blocks. The host refuses outputs above 1 MiB. In an isolated process a call
 *   that exceeds its deadline (10 s) is killed with the process.
 *
 * FAILURE
 *   A plugin must accept every byte sequence as `body` without aborting: it comes from the network. It reports failure by
 *   its status, never by exiting, and writes {"error": "<English, no secrets, no personal data>"} to `output`.
 *
 * ENCODING
 *   `input` and `output` are one JSON object in UTF-8 (RFC 8259). Both sides ignore keys they do not know, and treat a
 *   missing key like null; new optional keys and new operation kinds do not change the ABI version. Identifiers are
 *   strings, times are integers in milliseconds since 1970-01-01T00:00:00Z, sizes are bytes. `body` is what came over
 *   HTTP, untouched: the webhook's or the response's raw bytes. The README beside this header documents the objects.
 */
#ifndef SEVENSALES_PLUGIN_H
#define SEVENSALES_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header. The host refuses a table with another one. */
#define SEVENSALES_PLUGIN_ABI 1u

/* The name of the one exported symbol, for dlsym. */
#define SEVENSALES_PLUGIN_SYMBOL "sevensales_plugin_v1"

/* Bytes lent for the duration of a call. */
typedef struct sevensales_slice {
    const uint8_t *bytes;
    size_t count;
} sevensales_slice;

/* Bytes handed over until `release`. */
typedef struct sevensales_buffer {
    uint8_t *bytes;
    size_t count;
} sevensales_buffer;

/* What `call` is asked to do. */
enum {
    /*
     * input  {}
     * output the channel's description: kind, titles, settings fields, capabilities, limits, hosts. Constant.
     */
    SEVENSALES_DESCRIBE = 1,
    /*
     * Does this webhook request come from the provider? Sees only the headers that the description lists.
     * input  {"request": {...}, "context": {...}}, body = the raw request body
     * output {"accept": true} or {"accept": false, "answer": {"status": 403, ...}}
     */
    SEVENSALES_VERIFY = 2,
    /*
     * What does it say? Called only after an accepting `verify` of the same request.
     * input  as for verify
     * output {"events": [...], "answer": {...}?, "remember": [...]?}
     */
    SEVENSALES_PARSE = 3,
    /*
     * One step of an operation (deliver, poll, connect, disconnect, health, download, profile, reconcile, sign-in).
     * input  {"operation": {...}, "state": <any>, "input": {"start"|"response"|"failure": ...}, "context": {...}},
     *        body = the raw response body
     * output {"request": {...}, "state": <any>, "remember": [...]?} to have a request performed and be called again, or
     *        {"result": {...}, "remember": [...]?} when done
     * The host stores `state` and `remember` before it performs the request, and forgets `state` after a result.
     */
    SEVENSALES_STEP = 4
};

/* How a call went. The host treats any other value like SEVENSALES_FAILED. */
enum {
    SEVENSALES_OK = 0,
    /* The plugin does not know the operation. */
    SEVENSALES_UNSUPPORTED = 1,
    /* `input` is not what this header says: the host's mistake. */
    SEVENSALES_BAD_INPUT = 2,
    /* `body` is not what the provider documents: a forged, broken or new kind of payload. Only from `parse`. */
    SEVENSALES_BAD_BODY = 3,
    /* The plugin's own mistake. */
    SEVENSALES_FAILED = 4
};

typedef int32_t (*sevensales_call)(
    uint32_t operation, sevensales_slice input, sevensales_slice body, sevensales_buffer *output);
typedef void (*sevensales_release)(sevensales_buffer buffer);

typedef struct sevensales_plugin {
    /* SEVENSALES_PLUGIN_ABI of the plugin's header. */
    uint32_t abi_version;
    /* sizeof(sevensales_plugin) of the plugin's header. Later headers of this ABI version may append fields. */
    uint32_t struct_size;
    /* The channel's kind, zero-terminated: 1-32 of a-z 0-9 and '-', the same as in the description. */
    const char *kind;
    sevensales_call call;
    sevensales_release release;
} sevensales_plugin;

/* The type of the exported function. It never returns NULL. */
typedef const sevensales_plugin *(*sevensales_plugin_entry)(void);

#ifdef __cplusplus
}
#endif

#endif
