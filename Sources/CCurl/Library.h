// The loaded library, for the C files beside this one.
#ifndef CCURL_LIBRARY_H
#define CCURL_LIBRARY_H

// The type-checking macros would call the linked functions instead of the loaded ones.
#define CURL_DISABLE_TYPECHECK
#include "CCurl.h"

#define CCURL_FUNCTIONS(F)                                                                         \
  F(curl_easy_cleanup)                                                                             \
  F(curl_easy_getinfo)                                                                             \
  F(curl_easy_init)                                                                                \
  F(curl_easy_pause)                                                                               \
  F(curl_easy_perform)                                                                             \
  F(curl_easy_reset)                                                                               \
  F(curl_easy_setopt)                                                                              \
  F(curl_easy_strerror)                                                                            \
  F(curl_global_init)                                                                              \
  F(curl_slist_append)                                                                             \
  F(curl_slist_free_all)                                                                           \
  F(curl_version_info)

/// The functions of libcurl, by their own names.
typedef struct CurlFunctions {
#define CCURL_FIELD(name) __typeof__(name) *name;
  CCURL_FUNCTIONS(CCURL_FIELD)
#undef CCURL_FIELD
} CurlFunctions;

/// Filled by `ccurl_load`.
extern CurlFunctions ccurl;

#endif
