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
static inline CURLcode curlx_get_string(CURL *handle, CURLINFO info, char **value) {
  return curl_easy_getinfo(handle, info, value);
}
