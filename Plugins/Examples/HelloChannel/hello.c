/*
 * HelloChannel: the smallest honest channel, in C, against the plugin header alone.
 *
 * The provider it speaks to delivers {"id", "chat", "text"} with the header X-Hello-Secret, and takes the same at POST /messages.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sevensales_plugin.h"

static const char description[] =
    "{\"kind\":\"hello\",\"title\":{\"en\":\"Hello\",\"ru\":\"Hello\",\"kk\":\"Hello\"},\"modes\":[\"webhook\"],"
    "\"settings\":["
    "{\"name\":\"base_url\",\"kind\":\"base-url\",\"required\":true,"
    "\"title\":{\"en\":\"Address\",\"ru\":\"Адрес\",\"kk\":\"Мекенжай\"},"
    "\"help\":{\"en\":\"Where the provider takes messages.\",\"ru\":\"Куда отправлять сообщения.\",\"kk\":\"Хабарлар қайда жіберіледі.\"}},"
    "{\"name\":\"webhook_secret\",\"kind\":\"text\",\"required\":true,\"secret\":true,\"verificationKey\":true,"
    "\"title\":{\"en\":\"Secret\",\"ru\":\"Секрет\",\"kk\":\"Құпия\"},"
    "\"help\":{\"en\":\"Sent with each webhook.\",\"ru\":\"Передаётся с каждым вебхуком.\",\"kk\":\"Әр вебхукпен жіберіледі.\"}}],"
    "\"hosts\":[],\"webhookHeaders\":[\"x-hello-secret\"],"
    "\"capabilities\":{\"text\":{\"limit\":1000,\"unit\":\"characters\"},\"reply\":false,\"react\":false,\"edit\":false,\"delete\":false,"
    "\"markRead\":false,\"receipts\":[],\"initiate\":true,\"echoes\":false,\"reconcile\":false}}";

/* ---- the little of JSON that is needed: strings found by their path, copied as they are escaped ---- */

typedef struct { const char *at, *end; } text;

static text skip(text json) {
    while (json.at < json.end && (*json.at == ' ' || *json.at == '\n' || *json.at == '\r' || *json.at == '\t')) json.at++;
    return json;
}

/* What follows the value at the beginning of `json`; at the end when it is broken. */
static text after_value(text json) {
    json = skip(json);
    int depth = 0, quoted = 0;
    for (; json.at < json.end; json.at++) {
        char c = *json.at;
        if (quoted) {
            if (c == '\\') json.at++;
            else if (c == '"') { quoted = 0; if (depth == 0) { json.at++; break; } }
        } else if (c == '"') quoted = 1;
        else if (c == '{' || c == '[') depth++;
        else if (c == '}' || c == ']') { if (depth == 0) break; if (--depth == 0) { json.at++; break; } }
        else if (c == ',' && depth == 0) break;
    }
    if (json.at > json.end) json.at = json.end;
    return json;
}

/* The value of `key` in the object at the beginning of `json`; empty when there is none. */
static text member(text json, const char *key) {
    text none = {json.end, json.end};
    size_t length = strlen(key);
    json = skip(json);
    if (json.at >= json.end || *json.at != '{') return none;
    json.at++;
    for (json = skip(json); json.at < json.end && *json.at == '"'; json = skip(json)) {
        text rest = after_value(json);
        int same = (size_t)(rest.at - json.at) == length + 2 && !memcmp(json.at + 1, key, length);
        rest = skip(rest);
        if (rest.at >= rest.end || *rest.at != ':') return none;
        rest.at++;
        rest = skip(rest);
        text next = after_value(rest);
        if (same) return (text){rest.at, next.at};
        json = skip(next);
        if (json.at >= json.end || *json.at != ',') return none;
        json.at++;
    }
    return none;
}

/* What stands between the quotes, still escaped; empty when it is no string. */
static text string(text value) {
    if (value.end - value.at < 2 || *value.at != '"' || value.end[-1] != '"') return (text){value.end, value.end};
    return (text){value.at + 1, value.end - 1};
}

static int is(text value, const char *word) {
    return (size_t)(value.end - value.at) == strlen(word) && !memcmp(value.at, word, strlen(word));
}

static int is_empty(text value) { return value.at >= value.end; }

/* ---- answers ---- */

static int32_t answer(sevensales_buffer *output, int32_t status, const char *bytes, size_t count) {
    output->bytes = malloc(count ? count : 1);
    if (!output->bytes) { output->count = 0; return SEVENSALES_FAILED; }
    memcpy(output->bytes, bytes, count);
    output->count = count;
    return status;
}

static int32_t say(sevensales_buffer *output, int32_t status, const char *words) { return answer(output, status, words, strlen(words)); }

/* Never earlier than the whole of both was looked at, so that time tells nothing. */
static int same_secret(text a, text b) {
    size_t count = (size_t)(a.end - a.at), other = (size_t)(b.end - b.at);
    unsigned char different = count != other || count == 0;
    for (size_t index = 0; index < count; index++) different |= (unsigned char)(a.at[index] ^ b.at[other ? index % other : 0]);
    return other > 0 && !different;
}

static int32_t verify(text input, sevensales_buffer *output) {
    text request = member(input, "request"), header = {0, 0};
    text list = member(request, "headers");
    int seen = 0;
    if (!is_empty(list) && *list.at == '[') {
        list.at++;
        for (list = skip(list); list.at < list.end && *list.at == '{'; list = skip(list)) {
            text rest = after_value(list);
            header = string(member((text){list.at, rest.at}, "value"));
            seen++;
            list = skip(rest);
            if (list.at < list.end && *list.at == ',') list.at++;
        }
    }
    text secret = string(member(member(member(input, "context"), "settings"), "webhook_secret"));
    /* Two headers of one name are nobody's honest request. */
    if (seen == 1 && same_secret(header, secret)) return say(output, SEVENSALES_OK, "{\"accept\":true}");
    return say(output, SEVENSALES_OK, "{\"accept\":false,\"answer\":{\"status\":403}}");
}

static int32_t parse(text body, sevensales_buffer *output) {
    text id = string(member(body, "id")), chat = string(member(body, "chat")), words = string(member(body, "text"));
    if (is_empty(skip(body)) || *skip(body).at != '{') return say(output, SEVENSALES_BAD_BODY, "{\"error\":\"not an object\"}");
    if (is_empty(id) || is_empty(chat)) return say(output, SEVENSALES_OK, "{\"events\":[]}");
    char *json = NULL;
    int count = asprintf(
        &json,
        "{\"events\":[{\"id\":\"%.*s\",\"thread\":\"%.*s\",\"contact\":{\"id\":\"%.*s\"},\"kind\":\"message\","
        "\"message\":{\"id\":\"%.*s\",\"text\":\"%.*s\"}}]}",
        (int)(id.end - id.at), id.at, (int)(chat.end - chat.at), chat.at, (int)(chat.end - chat.at), chat.at,
        (int)(id.end - id.at), id.at, (int)(words.end - words.at), words.at);
    if (count < 0) return SEVENSALES_FAILED;
    int32_t status = answer(output, SEVENSALES_OK, json, (size_t)count);
    free(json);
    return status;
}

static int32_t fail(sevensales_buffer *output, const char *failure, const char *code, const char *en, const char *ru, const char *kk) {
    char *json = NULL;
    int count = asprintf(
        &json,
        "{\"result\":{\"kind\":\"failed\",\"failure\":%s,\"reason\":{\"code\":\"%s\",\"text\":{\"en\":\"%s\",\"ru\":\"%s\",\"kk\":\"%s\"}}}}",
        failure, code, en, ru, kk);
    if (count < 0) return SEVENSALES_FAILED;
    int32_t status = answer(output, SEVENSALES_OK, json, (size_t)count);
    free(json);
    return status;
}

/* What the provider's answer to a message means. Only a clear yes is a yes. */
static int32_t outcome(text input, text body, sevensales_buffer *output) {
    text what = member(input, "input"), kind = string(member(what, "kind"));
    if (is(kind, "failure")) {
        if (is(string(member(what, "failure")), "not-sent"))
            return fail(output, "\"retry\",\"scope\":\"channel\"", "unreachable", "The provider cannot be reached.",
                        "Провайдер недоступен.", "Провайдер қолжетімсіз.");
        return fail(output, "\"uncertain\"", "no_answer", "The provider did not answer.", "Провайдер не ответил.",
                    "Провайдер жауап бермеді.");
    }
    int status = atoi(member(what, "status").at < what.end ? member(what, "status").at : "0");
    text id = string(member(body, "id"));
    if (status >= 200 && status < 300 && !is_empty(id)) {
        char *json = NULL;
        int count = asprintf(&json, "{\"result\":{\"kind\":\"sent\",\"messages\":[\"%.*s\"]}}", (int)(id.end - id.at), id.at);
        if (count < 0) return SEVENSALES_FAILED;
        int32_t result = answer(output, SEVENSALES_OK, json, (size_t)count);
        free(json);
        return result;
    }
    if (status == 429)
        return fail(output, "\"retry\",\"scope\":\"channel\"", "too_many", "Too many messages at once.",
                    "Слишком много сообщений сразу.", "Хабарлар тым көп.");
    if (status == 401 || status == 403)
        return fail(output, "\"reconnect-needed\"", "refused", "The provider refuses us: connect the channel again.",
                    "Провайдер отклоняет запросы: подключите канал заново.", "Провайдер қабылдамайды: арнаны қайта қосыңыз.");
    if (status >= 400 && status < 500)
        return fail(output, "\"permanent\"", "rejected", "The provider rejected the message.", "Провайдер отклонил сообщение.",
                    "Провайдер хабарды қабылдамады.");
    /* A broken answer: it may or may not have been sent. */
    return fail(output, "\"uncertain\"", "odd_answer", "The provider gave no clear answer.", "Провайдер ответил неясно.",
                "Провайдер анық жауап бермеді.");
}

static int32_t step(text input, text body, sevensales_buffer *output) {
    text operation = member(input, "operation"), kind = string(member(operation, "kind"));
    if (is(kind, "connect"))
        return say(output, SEVENSALES_OK, "{\"result\":{\"kind\":\"connected\",\"account\":{\"id\":\"hello\",\"name\":\"Hello\"}}}");
    if (is(kind, "disconnect")) return say(output, SEVENSALES_OK, "{\"result\":{\"kind\":\"disconnected\"}}");
    if (is(kind, "health")) return say(output, SEVENSALES_OK, "{\"result\":{\"kind\":\"health\",\"state\":\"healthy\"}}");
    text action = member(operation, "action");
    if (!is(kind, "deliver") || !is(string(member(action, "kind")), "text"))
        return say(output, SEVENSALES_UNSUPPORTED, "{\"error\":\"this channel sends texts\"}");
    if (!is(string(member(member(input, "input"), "kind")), "start")) return outcome(input, body, output);
    text base = string(member(member(member(input, "context"), "settings"), "base_url"));
    text thread = string(member(action, "thread")), words = string(member(member(action, "text"), "text"));
    char *json = NULL;
    /* The body is JSON within JSON: the host writes it out and escapes nothing, so the inner quotes are escaped here. */
    int count = asprintf(
        &json,
        "{\"request\":{\"method\":\"POST\",\"url\":\"%.*s/messages\",\"body\":{\"contentType\":\"application/json\",\"text\":[\"{\\\"chat\\\":\\\"%.*s\\\","
        "\\\"text\\\":\\\"\",\"", (int)(base.end - base.at), base.at, (int)(thread.end - thread.at), thread.at);
    if (count < 0) return SEVENSALES_FAILED;
    static const char tail[] = "\",\"\\\"}\"]}},\"state\":\"sent\"}";
    size_t length = (size_t)(words.end - words.at), room = (size_t)count + 2 * length + sizeof tail;
    char *whole = realloc(json, room);
    if (!whole) { free(json); return SEVENSALES_FAILED; }
    size_t used = (size_t)count;
    /* Escaped once in the input, twice in the output. */
    for (size_t index = 0; index < length; index++) {
        if (words.at[index] == '\\' || words.at[index] == '"') whole[used++] = '\\';
        whole[used++] = words.at[index];
    }
    memcpy(whole + used, tail, sizeof tail - 1);
    used += sizeof tail - 1;
    int32_t status = answer(output, SEVENSALES_OK, whole, used);
    free(whole);
    return status;
}

/* ---- the interface ---- */

static int32_t call(uint32_t operation, sevensales_slice input, sevensales_slice body, sevensales_buffer *output) {
    text in = {(const char *)input.bytes, (const char *)input.bytes + input.count};
    text raw = {(const char *)body.bytes, (const char *)body.bytes + body.count};
    switch (operation) {
    case SEVENSALES_DESCRIBE: return say(output, SEVENSALES_OK, description);
    case SEVENSALES_VERIFY: return verify(in, output);
    case SEVENSALES_PARSE: return parse(raw, output);
    case SEVENSALES_STEP: return step(in, raw, output);
    default: return say(output, SEVENSALES_UNSUPPORTED, "{\"error\":\"unknown call\"}");
    }
}

static void release(sevensales_buffer buffer) { free(buffer.bytes); }

const sevensales_plugin *sevensales_plugin_v1(void) {
    static const sevensales_plugin table = {
        .abi_version = SEVENSALES_PLUGIN_ABI, .struct_size = sizeof table, .kind = "hello", .call = call, .release = release};
    return &table;
}
