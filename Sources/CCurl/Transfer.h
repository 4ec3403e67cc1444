// A request on its way: what the callbacks keep track of.
#ifndef CCURL_TRANSFER_H
#define CCURL_TRANSFER_H

#include "Library.h"

#include <pthread.h>

/// The most connections that libcurl tries at once: one for each family of addresses, and some.
#define CCURL_SOCKETS 8

/// Ends a request's connection when its deadline has passed.
///
/// The limit on connecting is libcurl's own, but libcurl looks at the clock between two steps, and a
/// peer can keep a step from ending: while the records of a TLS handshake go on and on, OpenSSL goes
/// on reading. The limit on the whole is the watch's alone: an answer that has arrived is read first.
typedef struct Watch {
  pthread_mutex_t lock;
  pthread_cond_t ended;
  pthread_t thread;
  long connectMilliseconds;
  long totalMilliseconds;
  /// There is a thread.
  bool isRunning;
  /// The connections that are open; −1 for none.
  curl_socket_t sockets[CCURL_SOCKETS];
  /// The request is being sent: from here the deadline is that of the whole.
  bool hasBegun;
  /// libcurl has come back.
  bool isOver;
  /// The deadline passed, and a connection was ended that the server had not.
  bool hasEndedIt;
} Watch;

/// No connection is open yet.
void ccurl_prepare_watch(Watch *watch);

/// Between two requests: whether a connection that is open has ended, or says something unasked.
bool ccurl_has_stale_socket(const Watch *watch);

/// Begins to watch; false when there can be no thread for it.
bool ccurl_watch(Watch *watch, const CCurlRequest *request);

/// Ends the watch, if it isn't ended yet; whether it had to end a connection that the server had not.
bool ccurl_unwatch(Watch *watch);

/// The request begins to be sent.
void ccurl_watch_begin(Watch *watch);

/// Takes note of a connection.
void ccurl_watch_socket(Watch *watch, curl_socket_t number);

/// The open connection from this port; −1 for none.
curl_socket_t ccurl_socket_from_port(const Watch *watch, int port);

/// CURLOPT_CLOSESOCKETFUNCTION: closes a connection.
int ccurl_close_socket(void *context, curl_socket_t number);

/// libcurl's handle, and what a connection that outlives the request still needs when it is closed.
struct CCurlConnection {
  CURL *handle;
  Watch watch;
};

/// What the callbacks are given.
typedef struct Transfer {
  CCurlConnection *connection;
  const CCurlRequest *request;
  CCurlOutcome *outcome;
  /// Everything of heads, interim ones and trailers included: the cap is on this.
  size_t headTotal;
  /// The last head is whole: its empty line has come.
  bool headEnded;
  /// The last head says where the body ends; otherwise the end of the connection does
  /// (RFC 9112 §6.3).
  bool isDelimited;
  /// Why a callback ended the transfer; CURLE_OK if none did.
  CURLcode verdict;
  /// Of a stream: the final head has been handed on.
  bool hasAnswer;
  /// Of a stream: its connection, and whether its body waits until the server was heard.
  curl_socket_t server;
  bool isPaused;
  /// Of a stream: the bytes of its body that were read, and those that libcurl got rid of; and when
  /// anything moved last, in milliseconds.
  int64_t readTotal;
  curl_off_t sentTotal;
  int64_t movedAt;
} Transfer;

/// Sets every option of a request: the fixed policy, and what the request says.
CURLcode ccurl_configure(Transfer *transfer, struct curl_slist *fields);

/// CURLOPT_SOCKOPTFUNCTION: takes note of a connection.
int ccurl_note_socket(void *context, curl_socket_t number, curlsocktype purpose);

/// CURLOPT_PREREQFUNCTION: notes that the request begins to be sent.
int ccurl_note_begin(void *context, char *theirAddress, char *ourAddress, int theirPort,
                     int ourPort);

/// CURLOPT_HEADERFUNCTION: takes one line of a head.
size_t ccurl_take_head(char *line, size_t size, size_t count, void *context);

/// CURLOPT_WRITEFUNCTION: takes a piece of the body.
size_t ccurl_take_content(char *bytes, size_t size, size_t count, void *context);

/// Something moves.
void ccurl_note_move(Transfer *transfer);

/// The final head of a stream's answer is whole; false to end the transfer.
bool ccurl_begin_stream(Transfer *transfer);

/// CURLOPT_WRITEFUNCTION of a stream.
size_t ccurl_take_stream(char *bytes, size_t size, size_t count, void *context);

/// CURLOPT_READFUNCTION of a stream.
size_t ccurl_read_stream(char *buffer, size_t size, size_t count, void *context);

/// CURLOPT_XFERINFOFUNCTION of a stream: called once a second and whenever anything happens.
int ccurl_judge_stream(void *context, curl_off_t downTotal, curl_off_t down, curl_off_t upTotal,
                       curl_off_t up);

#endif
