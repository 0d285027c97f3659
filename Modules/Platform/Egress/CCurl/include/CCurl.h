// libcurl for Swift: curl's own header, and the functions of it that Swift cannot call because they are variadic.
#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value);
CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value);
/// `value` is copied by curl, except for CURLOPT_POSTFIELDS.
CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value);
/// `value` must live as long as the transfer.
CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, const void *value);
/// `bytes` are copied by curl.
CURLcode ccurl_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t length);
CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value);

typedef size_t (*ccurl_data)(char *bytes, size_t size, size_t count, void *context);

/// The write, header and read callbacks, with their context.
CURLcode ccurl_set_data(CURL *easy, CURLoption function, ccurl_data callback, CURLoption context_option, void *context);
CURLcode ccurl_set_opensocket(CURL *easy, curl_opensocket_callback callback, void *context);
CURLcode ccurl_set_prereq(CURL *easy, curl_prereq_callback callback, void *context);

CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value);
CURLcode ccurl_get_offset(CURL *easy, CURLINFO info, curl_off_t *value);
/// `value` belongs to `easy`; NULL when there is none.
const char *ccurl_get_string(CURL *easy, CURLINFO info);
void *ccurl_get_private(CURL *easy);

/// The host in ASCII. curl asks the thread's locale which bytes a name is written in; here they are always UTF-8.
CURLUcode ccurl_url_get_ascii_host(CURLU *url, char **host);

CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);

#endif
