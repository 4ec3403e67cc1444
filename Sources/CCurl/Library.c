#include "Library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

// libcurl's OpenSSL flavour, and only that one: the causes of a refused certificate are read in
// OpenSSL's numbers, and only OpenSSL reads a hashed folder lazily. Debian's libcurl-gnutls.so.4
// has the same interface, other numbers, and parses the whole folder.
#define LIBRARY "libcurl.so.4"

// CURLOPT_PREREQFUNCTION, the proof that nothing was sent, is that old.
#define OLDEST_VERSION 0x075000
#define OLDEST_VERSION_TEXT "7.80.0"

CurlFunctions ccurl;

static bool isLoaded;
static char failure[256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  // A request calls a fraction of what those libraries offer each other: to bind all of it beforehand
  // takes longer than the request.
  void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
  if (library == NULL) {
    snprintf(failure, sizeof failure, "%s", dlerror());
    return;
  }
#define RESOLVE(name)                                                                              \
  if ((ccurl.name = (__typeof__(ccurl.name))dlsym(library, #name)) == NULL) {                      \
    snprintf(failure, sizeof failure, "%s", dlerror());                                            \
    return;                                                                                        \
  }
  CCURL_FUNCTIONS(RESOLVE)
#undef RESOLVE
  CURLcode code = ccurl.curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) {
    snprintf(failure, sizeof failure, LIBRARY ": %s", ccurl.curl_easy_strerror(code));
    return;
  }
  const curl_version_info_data *version = ccurl.curl_version_info(CURLVERSION_NOW);
  if (version->version_num < OLDEST_VERSION) {
    snprintf(failure, sizeof failure, LIBRARY " is version %s, older than " OLDEST_VERSION_TEXT,
             version->version);
    return;
  }
  if ((version->features & CURL_VERSION_SSL) == 0) {
    snprintf(failure, sizeof failure, LIBRARY " was built without TLS");
    return;
  }
  isLoaded = true;
}

bool ccurl_load(void) {
  pthread_once(&once, load);
  return isLoaded;
}

const char *ccurl_failure(void) { return failure[0] == '\0' ? NULL : failure; }
