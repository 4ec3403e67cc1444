// The type-checking macros would call the linked functions instead of the loaded ones.
#define CURL_DISABLE_TYPECHECK
#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

// libcurl's OpenSSL flavour, and only that one: the causes of a refused certificate are read in
// OpenSSL's numbers, and only OpenSSL reads a hashed folder lazily. Debian's libcurl-gnutls.so.4
// has the same interface, other numbers, and parses the whole folder.
#define LIBRARY "libcurl.so.4"

// CURLOPT_PREREQFUNCTION, the proof that nothing was sent, is that old.
#define OLDEST_VERSION 0x075000
#define OLDEST_VERSION_TEXT "7.80.0"

#define FUNCTIONS(F)                                                                               \
  F(curl_easy_cleanup)                                                                             \
  F(curl_easy_getinfo)                                                                             \
  F(curl_easy_init)                                                                                \
  F(curl_easy_perform)                                                                             \
  F(curl_easy_setopt)                                                                              \
  F(curl_easy_strerror)                                                                            \
  F(curl_global_init)                                                                              \
  F(curl_slist_append)                                                                             \
  F(curl_slist_free_all)                                                                           \
  F(curl_version_info)

// The functions of libcurl, by their own names.
#define FIELD(name) __typeof__(name) *name;
static struct { FUNCTIONS(FIELD) } curl;
#undef FIELD

static const curl_version_info_data *version;
static char failure[256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

// MARK: Loading

static void load(void) {
  void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    snprintf(failure, sizeof failure, "%s", dlerror());
    return;
  }
#define RESOLVE(name)                                                                              \
  if ((curl.name = (__typeof__(curl.name))dlsym(library, #name)) == NULL) {                        \
    snprintf(failure, sizeof failure, "%s", dlerror());                                            \
    return;                                                                                        \
  }
  FUNCTIONS(RESOLVE)
#undef RESOLVE
  CURLcode code = curl.curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) {
    snprintf(failure, sizeof failure, LIBRARY ": %s", curl.curl_easy_strerror(code));
    return;
  }
  const curl_version_info_data *loaded = curl.curl_version_info(CURLVERSION_NOW);
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
  pthread_once(&once, load);
  return version != NULL;
}

const char *ccurl_failure(void) { return failure[0] == '\0' ? NULL : failure; }

const char *ccurl_version(void) { return version == NULL ? NULL : version->version; }

// MARK: Callbacks

typedef struct Transfer {
  const CCurlRequest *request;
  CCurlOutcome *outcome;
  // Everything of heads, interim ones and trailers included: the cap is on this.
  size_t headTotal;
  // The last head is whole: its empty line has come.
  bool headEnded;
} Transfer;

static int noteBegin(void *context, char *theirAddress, char *ourAddress, int theirPort,
                     int ourPort) {
  (void)theirAddress, (void)ourAddress, (void)theirPort, (void)ourPort;
  Transfer *transfer = context;
  transfer->outcome->requestBegan = true;
  return CURL_PREREQFUNC_OK;
}

// Takes one line of a head. Keeps the final head only: an interim one (1xx) is superseded by the
// next, and trailers never become header fields (RFC 9110, section 6.5.1).
static size_t takeHead(char *line, size_t size, size_t count, void *context) {
  Transfer *transfer = context;
  CCurlOutcome *outcome = transfer->outcome;
  size_t length = size * count;
  if (length > transfer->request->headCapacity - transfer->headTotal) {
    outcome->overflow = CCurlOverflowHead;
    return 0;
  }
  transfer->headTotal += length;
  if (transfer->headEnded) {
    bool isStatusLine = length >= 5 && strncasecmp(line, "HTTP/", 5) == 0;
    if (!isStatusLine || outcome->contentLength > 0) return length;
    outcome->headLength = 0;
    transfer->headEnded = false;
  }
  memcpy(transfer->request->head + outcome->headLength, line, length);
  outcome->headLength += length;
  transfer->headEnded = length <= 2 && line[0] != ' ' && line[0] != '\t';
  return length;
}

static size_t takeContent(char *bytes, size_t size, size_t count, void *context) {
  Transfer *transfer = context;
  CCurlOutcome *outcome = transfer->outcome;
  size_t length = size * count;
  if (length > transfer->request->contentCapacity - outcome->contentLength) {
    outcome->overflow = CCurlOverflowContent;
    return 0;
  }
  memcpy(transfer->request->content + outcome->contentLength, bytes, length);
  outcome->contentLength += length;
  return length;
}

// MARK: Options

// The first option that isn't taken ends the request before it begins: none is dispensable.
#define SET(option, value)                                                                         \
  do {                                                                                             \
    CURLcode code = curl.curl_easy_setopt(handle, option, value);                                  \
    if (code != CURLE_OK) return code;                                                             \
  } while (0)

static CURLcode setPolicy(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
  SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
  SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  SET(CURLOPT_HTTP09_ALLOWED, 0L);
  SET(CURLOPT_FOLLOWLOCATION, 0L);
  SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  // The caller's Authorization is the only one: no challenge is ever answered.
  SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_NONE);
  // An answer is what was sent: no Accept-Encoding, nothing unpacked.
  SET(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  // A request that meets a dying reused connection is sent twice: one connection, one request.
  SET(CURLOPT_FRESH_CONNECT, 1L);
  SET(CURLOPT_FORBID_REUSE, 1L);
  // No alarm(2) for the resolver's time limit.
  SET(CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
  // Past the deadline, don't wait for a resolver that still waits for its server. Older
  // libraries can't do this: then the end may come late, and is no other.
  curl.curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
#endif
  return CURLE_OK;
}

static CURLcode setRequest(CURL *handle, const CCurlRequest *request, struct curl_slist *fields) {
  SET(CURLOPT_URL, request->url);
  SET(CURLOPT_HTTPHEADER, fields);
  SET(CURLOPT_CONNECTTIMEOUT_MS, request->connectMilliseconds);
  SET(CURLOPT_TIMEOUT_MS, request->totalMilliseconds);
  if (!request->isPost) {
    SET(CURLOPT_HTTPGET, 1L);
    return CURLE_OK;
  }
  SET(CURLOPT_POST, 1L);
  SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->bodyLength);
  // Without a pointer libcurl would read the body from standard input.
  SET(CURLOPT_POSTFIELDS, request->body == NULL ? "" : (const char *)request->body);
  return CURLE_OK;
}

static CURLcode setProxy(CURL *handle, const CCurlRequest *request) {
  // Both always, be it with an empty text: otherwise libcurl looks into the process environment.
  SET(CURLOPT_PROXY, request->proxy);
  SET(CURLOPT_NOPROXY, "");
  // What is meant for the server isn't shown to the proxy.
  SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
  SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  SET(CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  SET(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
  SET(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
  return CURLE_OK;
}

static CURLcode setTrust(CURL *handle, const CCurlRequest *request) {
  SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  SET(CURLOPT_SSL_VERIFYPEER, 1L);
  SET(CURLOPT_SSL_VERIFYHOST, 2L);
  if (request->authoritiesFile == NULL && request->authoritiesFolder == NULL) return CURLE_OK;
  // NULL takes libcurl's built-in default away: parsing Debian's bundle costs 45 ms.
  SET(CURLOPT_CAINFO, request->authoritiesFile);
  SET(CURLOPT_CAPATH, request->authoritiesFolder);
  SET(CURLOPT_PROXY_CAINFO, request->authoritiesFile);
  SET(CURLOPT_PROXY_CAPATH, request->authoritiesFolder);
  return CURLE_OK;
}

static CURLcode setCallbacks(CURL *handle, Transfer *transfer) {
  SET(CURLOPT_ERRORBUFFER, transfer->outcome->detail);
  SET(CURLOPT_PREREQFUNCTION, noteBegin);
  SET(CURLOPT_PREREQDATA, transfer);
  SET(CURLOPT_HEADERFUNCTION, takeHead);
  SET(CURLOPT_HEADERDATA, transfer);
  SET(CURLOPT_WRITEFUNCTION, takeContent);
  SET(CURLOPT_WRITEDATA, transfer);
  return CURLE_OK;
}

#undef SET

// MARK: Sending

static struct curl_slist *listFields(const char *field) {
  struct curl_slist *list = NULL;
  for (; *field != '\0'; field += strlen(field) + 1) {
    struct curl_slist *longer = curl.curl_slist_append(list, field);
    if (longer == NULL) {
      curl.curl_slist_free_all(list);
      return NULL;
    }
    list = longer;
  }
  return list;
}

// Performs with SIGPIPE held back, which libcurl leaves to its user under CURLOPT_NOSIGNAL: a
// server that hangs up must not end a program that is about to save a token.
static CURLcode performWithoutSIGPIPE(CURL *handle) {
  sigset_t pipe, before, pending;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  sigpending(&pending);
  bool wasPending = sigismember(&pending, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  CURLcode code = curl.curl_easy_perform(handle);
  if (!wasPending) {
    const struct timespec now = {0, 0};
    while (sigtimedwait(&pipe, NULL, &now) == SIGPIPE) continue;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return code;
}

static CURLcode perform(CURL *handle, struct curl_slist *fields, Transfer *transfer) {
  const CCurlRequest *request = transfer->request;
  CURLcode code = setPolicy(handle);
  if (code == CURLE_OK) code = setRequest(handle, request, fields);
  if (code == CURLE_OK) code = setProxy(handle, request);
  if (code == CURLE_OK) code = setTrust(handle, request);
  if (code == CURLE_OK) code = setCallbacks(handle, transfer);
  return code == CURLE_OK ? performWithoutSIGPIPE(handle) : code;
}

void ccurl_send(const CCurlRequest *request, CCurlOutcome *outcome) {
  memset(outcome, 0, sizeof *outcome);
  outcome->code = CURLE_OUT_OF_MEMORY;
  CURL *handle = curl.curl_easy_init();
  struct curl_slist *fields = listFields(request->fields);
  if (handle != NULL && (fields != NULL || request->fields[0] == '\0')) {
    Transfer transfer = {.request = request, .outcome = outcome};
    outcome->code = perform(handle, fields, &transfer);
    curl.curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &outcome->status);
    curl.curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &outcome->connectError);
    curl.curl_easy_getinfo(handle, CURLINFO_SSL_VERIFYRESULT, &outcome->verifyResult);
    curl.curl_easy_getinfo(handle, CURLINFO_PROXY_SSL_VERIFYRESULT, &outcome->proxyVerifyResult);
  }
  outcome->summary = curl.curl_easy_strerror(outcome->code);
  if (handle != NULL) curl.curl_easy_cleanup(handle);
  curl.curl_slist_free_all(fields);
}
