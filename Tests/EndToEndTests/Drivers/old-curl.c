// The libcurl of this machine as if it were of version 7.80: later options are unknown to it.
#include <dlfcn.h>

// Of as many arguments as any of them takes.
typedef void *Function(void *, void *, void *);

static Function *real(const char *name) {
  return (Function *)dlsym(dlopen(LIBCURL, RTLD_LAZY | RTLD_LOCAL), name);
}

#define FORWARD(name)                                                                              \
  void *name(void *first, void *second, void *third) { return real(#name)(first, second, third); }

FORWARD(curl_easy_cleanup)
FORWARD(curl_easy_getinfo)
FORWARD(curl_easy_init)
FORWARD(curl_easy_pause)
FORWARD(curl_easy_perform)
FORWARD(curl_easy_reset)
FORWARD(curl_easy_strerror)
FORWARD(curl_global_init)
FORWARD(curl_slist_append)
FORWARD(curl_slist_free_all)
FORWARD(curl_version_info)

void *curl_easy_setopt(void *handle, unsigned option, void *value) {
  // Its last option is CURLOPT_PREREQDATA; this is CURLE_UNKNOWN_OPTION.
  if (option % 10000 > 313) return (void *)48;
  return real("curl_easy_setopt")(handle, (void *)(unsigned long)option, value);
}
