#include "Transfer.h"

#include <sys/socket.h>
#include <time.h>

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void ccurl_note_move(Transfer *transfer) { transfer->movedAt = now(); }

static bool give(Transfer *transfer, bool goesOn) {
  transfer->outcome->gaveUp = !goesOn;
  // What the other side needed isn't the server's time.
  ccurl_note_move(transfer);
  return goesOn;
}

bool ccurl_begin_stream(Transfer *transfer) {
  const CCurlStream *stream = transfer->request->stream;
  long status = 0;
  ccurl.curl_easy_getinfo(transfer->connection->handle, CURLINFO_RESPONSE_CODE, &status);
  if (status / 100 == 1) return true;
  transfer->hasAnswer = true;
  return give(transfer, stream->begin(stream->context, status, transfer->request->head,
                                      transfer->outcome->headLength));
}

size_t ccurl_take_stream(char *bytes, size_t size, size_t count, void *context) {
  Transfer *transfer = context;
  const CCurlStream *stream = transfer->request->stream;
  // To libcurl a 101 is final; nobody asked for another protocol.
  if (!transfer->hasAnswer) {
    transfer->verdict = CURLE_WEIRD_SERVER_REPLY;
    return 0;
  }
  return give(transfer, stream->take(stream->context, bytes, size * count)) ? size * count : 0;
}

// A server may answer before it has all of the body, and hang up. What is sent to it after that
// fails, and libcurl then drops the answer: so the server is heard first, also while its answer comes.
static bool mustHearServer(Transfer *transfer) {
  const CCurlStream *stream = transfer->request->stream;
  if (stream->awaitBody(stream->context, transfer->server)) return false;
  char byte;
  // Its end can be read for ever.
  bool isEnd = recv(transfer->server, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
  if (isEnd && !transfer->hasAnswer) transfer->verdict = CURLE_GOT_NOTHING;
  transfer->isPaused = !isEnd;
  return transfer->isPaused;
}

size_t ccurl_read_stream(char *buffer, size_t size, size_t count, void *context) {
  Transfer *transfer = context;
  const CCurlStream *stream = transfer->request->stream;
  size_t capacity = size * count;
  bool isSized = stream->bodyLength >= 0;
  // A byte more than announced would be the beginning of another request.
  int64_t rest = stream->bodyLength - transfer->readTotal;
  if (isSized && (uint64_t)rest < capacity) capacity = (size_t)rest;
  if (capacity == 0) return 0;
  if (mustHearServer(transfer)) return CURL_READFUNC_PAUSE;
  if (transfer->verdict != CURLE_OK) return CURL_READFUNC_ABORT;
  ptrdiff_t length = stream->read(stream->context, buffer, capacity);
  bool isCutOff = length < 0 || (isSized && length == 0);
  if (!give(transfer, !isCutOff)) return CURL_READFUNC_ABORT;
  transfer->readTotal += length;
  return (size_t)length;
}

int ccurl_judge_stream(void *context, curl_off_t downTotal, curl_off_t down, curl_off_t upTotal,
                       curl_off_t up) {
  (void)downTotal, (void)down, (void)upTotal;
  Transfer *transfer = context;
  const CCurlStream *stream = transfer->request->stream;
  if (!stream->isWanted(stream->context)) {
    transfer->outcome->gaveUp = true;
    return 1;
  }
  if (transfer->isPaused) {
    transfer->isPaused = false;
    ccurl.curl_easy_pause(transfer->connection->handle, CURLPAUSE_CONT);
  }
  if (!transfer->outcome->requestBegan) return 0;
  if (up != transfer->sentTotal) ccurl_note_move(transfer);
  transfer->sentTotal = up;
  long limit = transfer->hasAnswer ? stream->idleMilliseconds : stream->headMilliseconds;
  if (limit == 0 || now() - transfer->movedAt < limit) return 0;
  transfer->verdict = CURLE_OPERATION_TIMEDOUT;
  return 1;
}
