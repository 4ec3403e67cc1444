#include "Library.h"

#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

// libcurl's OpenSSL flavour, and only that one: the causes of a refused certificate are read in
// OpenSSL's numbers, and only OpenSSL reads a hashed folder lazily. Debian's libcurl-gnutls.so.4
// has the same interface, other numbers, and parses the whole folder.
#define LIBRARY "libcurl.so.4"

// CURLOPT_PREREQFUNCTION, the proof that nothing was sent, is that old.
#define OLDEST_VERSION 0x075000
#define OLDEST_VERSION_TEXT "7.80.0"

CurlFunctions ccurl;

static const curl_version_info_data *version;
static char failure[256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

// Among the 30 libraries under libcurl is GnuTLS, for protocols that no request here uses. Where it
// comes along it makes itself ready on being loaded, for a megabyte of memory; told so by this variable
// it doesn't. Not for the programs that this one starts, so the variable goes again.
#define GNUTLS_LATER "GNUTLS_NO_IMPLICIT_INIT"

static bool hasToldGnuTLS;
static pthread_once_t tellingOnce = PTHREAD_ONCE_INIT, untellingOnce = PTHREAD_ONCE_INIT;

static void tellGnuTLS(void) {
  hasToldGnuTLS = getenv(GNUTLS_LATER) == NULL && setenv(GNUTLS_LATER, "1", 0) == 0;
}

static void untellGnuTLS(void) {
  if (hasToldGnuTLS) unsetenv(GNUTLS_LATER);
}

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
  const curl_version_info_data *loaded = ccurl.curl_version_info(CURLVERSION_NOW);
  if (loaded->version_num < OLDEST_VERSION) {
    snprintf(failure, sizeof failure, LIBRARY " is version %s, older than " OLDEST_VERSION_TEXT,
             loaded->version);
    return;
  }
  if ((loaded->features & CURL_VERSION_SSL) == 0) {
    snprintf(failure, sizeof failure, LIBRARY " was built without TLS");
    return;
  }
  version = loaded;
}

bool ccurl_load(void) {
  pthread_once(&tellingOnce, tellGnuTLS);
  pthread_once(&once, load);
  pthread_once(&untellingOnce, untellGnuTLS);
  return version != NULL;
}

static void (*beforeLoading)(void);

static void *loadEarly(void *unused) {
  (void)unused;
  beforeLoading();
  pthread_once(&once, load);
  return NULL;
}

void ccurl_load_early(void (*before)(void)) {
  static atomic_flag hasBegun = ATOMIC_FLAG_INIT;
  if (atomic_flag_test_and_set(&hasBegun)) return;
  beforeLoading = before;
  // On this thread: the environment may be read by others while nobody writes to it.
  pthread_once(&tellingOnce, tellGnuTLS);
  // One heap for both threads: a second one costs memory, and they hardly meet there.
  mallopt(M_ARENA_MAX, 1);
  sigset_t all, mask;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &mask);
  pthread_t loader;
  if (pthread_create(&loader, NULL, loadEarly, NULL) == 0) pthread_detach(loader);
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

const char *ccurl_failure(void) { return failure[0] == '\0' ? NULL : failure; }

const char *ccurl_version(void) { return version == NULL ? NULL : version->version; }
