#include "Transfer.h"

#include <stdlib.h>
#include <string.h>

static struct curl_slist *listFields(const char *field) {
  struct curl_slist *list = NULL;
  for (; *field != '\0'; field += strlen(field) + 1) {
    struct curl_slist *longer = ccurl.curl_slist_append(list, field);
    if (longer == NULL) {
      ccurl.curl_slist_free_all(list);
      return NULL;
    }
    list = longer;
  }
  return list;
}

static CURLcode performWatched(Transfer *transfer) {
  Watch *watch = &transfer->connection->watch;
  if (!ccurl_watch(watch, transfer->request)) return CURLE_OUT_OF_MEMORY;
  CURLcode code = ccurl.curl_easy_perform(transfer->connection->handle);
  bool hasEndedIt = ccurl_unwatch(watch);
  if (transfer->verdict != CURLE_OK) return transfer->verdict;
  // A connection that ends within the head is an empty answer to libcurl.
  bool hasHead = transfer->request->stream == NULL ? transfer->headEnded : transfer->hasAnswer;
  if (!hasHead) transfer->outcome->headLength = 0;
  if (code == CURLE_OK && !hasHead) code = CURLE_PARTIAL_FILE;
  // A whole answer counts even past the deadline; without a length it can't be known to be whole.
  bool isWhole = code == CURLE_OK && transfer->isDelimited;
  return hasEndedIt && !isWhole ? CURLE_OPERATION_TIMEDOUT : code;
}

// Whatever is done with a handle, its end included, must leave SIGPIPE alone: libcurl would ignore it
// meanwhile, and threads that do so at once leave it ignored.
static void leaveSignalsAlone(CURL *handle) {
  if (handle != NULL) ccurl.curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
}

static CURL *newHandle(void) {
  CURL *handle = ccurl.curl_easy_init();
  leaveSignalsAlone(handle);
  return handle;
}

static void sendOn(CCurlConnection *connection, const CCurlRequest *request,
                   CCurlOutcome *outcome) {
  memset(outcome, 0, sizeof *outcome);
  outcome->code = CURLE_OUT_OF_MEMORY;
  CURL *handle = connection->handle;
  struct curl_slist *fields = listFields(request->fields);
  Transfer transfer = {.connection = connection, .request = request, .outcome = outcome};
  if (handle != NULL && (fields != NULL || request->fields[0] == '\0')) {
    outcome->code = ccurl_configure(&transfer, fields);
    if (outcome->code == CURLE_OK) outcome->code = performWatched(&transfer);
    ccurl.curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &outcome->status);
    ccurl.curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &outcome->connectError);
    ccurl.curl_easy_getinfo(handle, CURLINFO_HTTP_CONNECTCODE, &outcome->connectStatus);
    ccurl.curl_easy_getinfo(handle, CURLINFO_PROXYAUTH_AVAIL, &outcome->proxyLogins);
    ccurl.curl_easy_getinfo(handle, CURLINFO_SSL_VERIFYRESULT, &outcome->verifyResult);
    ccurl.curl_easy_getinfo(handle, CURLINFO_PROXY_SSL_VERIFYRESULT, &outcome->proxyVerifyResult);
    // The handle may live on: it keeps its connection, and nothing of this call.
    ccurl.curl_easy_reset(handle);
    leaveSignalsAlone(handle);
  }
  outcome->summary = ccurl.curl_easy_strerror(outcome->code);
  ccurl.curl_slist_free_all(fields);
}

void ccurl_send(const CCurlRequest *request, CCurlOutcome *outcome) {
  // It lives longer than the handle, whose end may close a connection.
  CCurlConnection connection = {.handle = newHandle()};
  ccurl_prepare_watch(&connection.watch);
  sendOn(&connection, request, outcome);
  if (connection.handle != NULL) ccurl.curl_easy_cleanup(connection.handle);
}

CCurlConnection *ccurl_open(void) {
  CCurlConnection *connection = calloc(1, sizeof *connection);
  if (connection == NULL) return NULL;
  connection->handle = newHandle();
  ccurl_prepare_watch(&connection->watch);
  return connection;
}

void ccurl_stream(CCurlConnection *connection, const CCurlRequest *request,
                  CCurlOutcome *outcome) {
  sendOn(connection, request, outcome);
}

void ccurl_close(CCurlConnection *connection) {
  if (connection->handle != NULL) ccurl.curl_easy_cleanup(connection->handle);
  free(connection);
}
