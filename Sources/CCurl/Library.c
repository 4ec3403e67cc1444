#include "Library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

#ifdef XAUTH_LINKED
// scripts/build links it in.
#define LIBRARY "libcurl"
#else
// libcurl's OpenSSL flavour, and only that one: the causes of a refused certificate are read in
// OpenSSL's numbers, and only OpenSSL reads a hashed folder lazily. Debian's libcurl-gnutls.so.4
// has the same interface, other numbers, and parses the whole folder.
#define LIBRARY "libcurl.so.4"
#endif

// CURLOPT_PREREQFUNCTION, the proof that nothing was sent, is that old.
#define OLDEST_VERSION 0x075000
#define OLDEST_VERSION_TEXT "7.80.0"

CurlFunctions ccurl;

static bool isFound;
static bool isLoaded;
static char failure[256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

#ifdef XAUTH_LINKED
static bool find(void) {
#define ADDRESS(name) ccurl.name = name;
  CCURL_FUNCTIONS(ADDRESS)
#undef ADDRESS
  return true;
}
#else
static bool find(void) {
  // A request calls a fraction of what those libraries offer each other: to bind all of it beforehand
  // takes longer than the request.
  void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
#define RESOLVE(name)                                                                              \
  if (library == NULL || (ccurl.name = (__typeof__(ccurl.name))dlsym(library, #name)) == NULL) {   \
    snprintf(failure, sizeof failure, "%s", dlerror());                                            \
    return false;                                                                                  \
  }
  CCURL_FUNCTIONS(RESOLVE)
#undef RESOLVE
  return true;
}
#endif

static void load(void) {
  if (!find()) return;
  isFound = true;
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

bool ccurl_is_found(void) { return isFound; }

const char *ccurl_failure(void) { return failure[0] == '\0' ? NULL : failure; }
