#include "Transfer.h"

#include <string.h>
#include <strings.h>

// libcurl would send it once more where a kept connection seems to have died before the request
// came: but the server may have read it, and then gone.
static bool wouldRepeat(Transfer *transfer) {
  if (transfer->outcome->requestBegan) transfer->verdict = CURLE_GOT_NOTHING;
  return transfer->outcome->requestBegan;
}

int ccurl_note_socket(void *context, curl_socket_t number, curlsocktype purpose) {
  (void)purpose;
  Transfer *transfer = context;
  if (wouldRepeat(transfer)) return CURL_SOCKOPT_ERROR;
  ccurl_watch_socket(&transfer->connection->watch, number);
  return CURL_SOCKOPT_OK;
}

int ccurl_note_begin(void *context, char *theirAddress, char *ourAddress, int theirPort,
                     int ourPort) {
  (void)theirAddress, (void)ourAddress, (void)theirPort;
  Transfer *transfer = context;
  if (wouldRepeat(transfer)) return CURL_PREREQFUNC_ABORT;
  Watch *watch = &transfer->connection->watch;
  if (transfer->request->stream == NULL)
    ccurl_watch_begin(watch);
  else if (ccurl_unwatch(watch))
    return CURL_PREREQFUNC_ABORT;
  transfer->outcome->requestBegan = true;
  // Not any open one: a connection that has died may still be there beside the one that is used.
  transfer->server = ccurl_socket_from_port(watch, ourPort);
  ccurl_note_move(transfer);
  return CURL_PREREQFUNC_OK;
}

static bool begins(const char *line, size_t length, const char *text) {
  return length >= strlen(text) && strncasecmp(line, text, strlen(text)) == 0;
}

static bool contains(const char *line, size_t length, const char *text) {
  for (size_t start = 0; start < length; start++)
    if (begins(line + start, length - start, text)) return true;
  return false;
}

// Keeps the final head only: an interim one (1xx) is superseded by the next, and trailers never
// become header fields (RFC 9110 §6.5.1).
size_t ccurl_take_head(char *line, size_t size, size_t count, void *context) {
  Transfer *transfer = context;
  CCurlOutcome *outcome = transfer->outcome;
  size_t length = size * count;
  if (length > transfer->request->headCapacity - transfer->headTotal) {
    outcome->overflow = CCurlOverflowHead;
    return 0;
  }
  transfer->headTotal += length;
  if (transfer->hasAnswer) return length;
  if (transfer->headEnded) {
    if (!begins(line, length, "HTTP/") || outcome->contentLength > 0) return length;
    outcome->headLength = 0;
    transfer->headEnded = false;
    transfer->isDelimited = false;
  }
  if (begins(line, length, "Content-Length:")
      || (begins(line, length, "Transfer-Encoding:") && contains(line, length, "chunked")))
    transfer->isDelimited = true;
  memcpy(transfer->request->head + outcome->headLength, line, length);
  outcome->headLength += length;
  transfer->headEnded = length <= 2 && line[0] != ' ' && line[0] != '\t';
  if (!transfer->headEnded || transfer->request->stream == NULL) return length;
  return ccurl_begin_stream(transfer) ? length : 0;
}

size_t ccurl_take_content(char *bytes, size_t size, size_t count, void *context) {
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
