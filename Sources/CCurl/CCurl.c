#include "Transfer.h"

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

static CURLcode performWatched(CURL *handle, Transfer *transfer) {
  if (!ccurl_watch(&transfer->watch, transfer->request)) return CURLE_OUT_OF_MEMORY;
  CURLcode code = ccurl.curl_easy_perform(handle);
  bool hasEndedIt = ccurl_unwatch(&transfer->watch);
  // A connection that ends within the head is an empty answer to libcurl.
  if (!transfer->headEnded) transfer->outcome->headLength = 0;
  if (code == CURLE_OK && !transfer->headEnded) code = CURLE_PARTIAL_FILE;
  // A whole answer counts even past the deadline; without a length it can't be known to be whole.
  bool isWhole = code == CURLE_OK && transfer->isDelimited;
  return hasEndedIt && !isWhole ? CURLE_OPERATION_TIMEDOUT : code;
}

void ccurl_send(const CCurlRequest *request, CCurlOutcome *outcome) {
  memset(outcome, 0, sizeof *outcome);
  outcome->code = CURLE_OUT_OF_MEMORY;
  CURL *handle = ccurl.curl_easy_init();
  struct curl_slist *fields = listFields(request->fields);
  // It lives longer than the handle, whose end may close a connection.
  Transfer transfer = {.request = request, .outcome = outcome};
  if (handle != NULL && (fields != NULL || request->fields[0] == '\0')) {
    outcome->code = ccurl_configure(handle, fields, &transfer);
    if (outcome->code == CURLE_OK) outcome->code = performWatched(handle, &transfer);
    ccurl.curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &outcome->status);
    ccurl.curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &outcome->connectError);
    ccurl.curl_easy_getinfo(handle, CURLINFO_HTTP_CONNECTCODE, &outcome->connectStatus);
    ccurl.curl_easy_getinfo(handle, CURLINFO_PROXYAUTH_AVAIL, &outcome->proxyLogins);
    ccurl.curl_easy_getinfo(handle, CURLINFO_SSL_VERIFYRESULT, &outcome->verifyResult);
    ccurl.curl_easy_getinfo(handle, CURLINFO_PROXY_SSL_VERIFYRESULT, &outcome->proxyVerifyResult);
  }
  outcome->summary = ccurl.curl_easy_strerror(outcome->code);
  if (handle != NULL) ccurl.curl_easy_cleanup(handle);
  ccurl.curl_slist_free_all(fields);
}
