// Header-only face of libcurl for Swift: its variadic setters and getters, one per value type.
#pragma once

#include <curl/curl.h>

static inline CURLcode curlx_set_string(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode curlx_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode curlx_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode curlx_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}
typedef size_t (*curlx_data_callback)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode curlx_set_data_callback(
    CURL *handle, CURLoption option, curlx_data_callback callback) {
  return curl_easy_setopt(handle, option, callback);
}
static inline CURLcode curlx_get_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}
typedef int (*curlx_progress_callback)(
    void *context, curl_off_t total, curl_off_t now, curl_off_t upload_total,
    curl_off_t upload_now);
static inline CURLcode curlx_set_progress_callback(CURL *handle, curlx_progress_callback callback) {
  return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, callback);
}
typedef curl_socket_t (*curlx_socket_callback)(
    void *context, curlsocktype purpose, struct curl_sockaddr *address);
static inline CURLcode curlx_set_socket_callback(CURL *handle, curlx_socket_callback callback) {
  return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, callback);
}
static inline const struct sockaddr *curlx_socket_address(const struct curl_sockaddr *address) {
  return &address->addr;
}
static inline CURLcode curlx_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

// Bit masks that are casted constants in the header.
static const long curlx_protocol_https = CURLPROTO_HTTPS;

typedef int (*curlx_seek_callback)(void *context, curl_off_t offset, int origin);
static inline CURLcode curlx_set_seek_callback(CURL *handle, curlx_seek_callback callback) {
  return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, callback);
}
static inline CURLcode curlx_set_list(CURL *handle, CURLoption option, struct curl_slist *list) {
  return curl_easy_setopt(handle, option, list);
}
static inline CURLcode curlx_get_pointer(CURL *handle, CURLINFO info, void **value) {
  return curl_easy_getinfo(handle, info, value);
}
static inline CURLMcode curlx_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}
// The result stands in a union, which Swift does not name.
static inline CURLcode curlx_message_result(const CURLMsg *message) { return message->data.result; }

static const long curlx_protocol_http = CURLPROTO_HTTP;
static const long curlx_http_1_1 = CURL_HTTP_VERSION_1_1;
