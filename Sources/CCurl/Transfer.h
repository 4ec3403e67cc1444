// A request on its way: what the callbacks keep track of.
#ifndef CCURL_TRANSFER_H
#define CCURL_TRANSFER_H

#include "Library.h"

/// What the callbacks are given.
typedef struct Transfer {
  const CCurlRequest *request;
  CCurlOutcome *outcome;
  /// Everything of heads, interim ones and trailers included: the cap is on this.
  size_t headTotal;
  /// The last head is whole: its empty line has come.
  bool headEnded;
} Transfer;

/// Sets every option of a request: the fixed policy, and what the request says.
CURLcode ccurl_configure(CURL *handle, struct curl_slist *fields, Transfer *transfer);

/// CURLOPT_PREREQFUNCTION: notes that the request begins to be sent.
int ccurl_note_begin(void *context, char *theirAddress, char *ourAddress, int theirPort,
                     int ourPort);

/// CURLOPT_HEADERFUNCTION: takes one line of a head.
size_t ccurl_take_head(char *line, size_t size, size_t count, void *context);

/// CURLOPT_WRITEFUNCTION: takes a piece of the body.
size_t ccurl_take_content(char *bytes, size_t size, size_t count, void *context);

#endif
