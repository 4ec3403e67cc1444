#include "COpenSSL.h"

#ifdef XAUTH_LINKED

// scripts/build links it in: there is nothing to load.
static const OpenSSLFunctions functions = {
#define ADDRESS(name) .name = name,
    COPENSSL_FUNCTIONS(ADDRESS)
#undef ADDRESS
};

const OpenSSLFunctions *copenssl_functions(void) { return &functions; }

const char *copenssl_failure(void) { return NULL; }

#else

#include <dlfcn.h>
#include <openssl/opensslv.h>
#include <pthread.h>
#include <stdio.h>

// The sonames that these headers were made for: another major version has another ABI.
#define TEXT(token) #token
#define VERSIONED(library, version) library ".so." TEXT(version)
#define SONAME(library) VERSIONED(library, OPENSSL_SHLIB_VERSION)

static OpenSSLFunctions functions;
static int loaded;
static char failure[256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void *find(void *ssl, const char *name) {
  // libssl depends on libcrypto, so a look-up through its handle finds the symbols of both.
  void *symbol = dlsym(ssl, name);
  if (symbol == NULL) snprintf(failure, sizeof failure, "%s", dlerror());
  return symbol;
}

static void load(void) {
  void *ssl = dlopen(SONAME("libssl"), RTLD_LAZY | RTLD_LOCAL);
  if (ssl == NULL) {
    snprintf(failure, sizeof failure, "%s", dlerror());
    return;
  }
#define RESOLVE(name)                                                                              \
  if ((functions.name = (__typeof__(functions.name))find(ssl, #name)) == NULL) return;
  COPENSSL_FUNCTIONS(RESOLVE)
#undef RESOLVE
  loaded = 1;
}

const OpenSSLFunctions *copenssl_functions(void) {
  pthread_once(&once, load);
  return loaded ? &functions : NULL;
}

const char *copenssl_failure(void) { return failure[0] == '\0' ? NULL : failure; }

#endif
