// libcurl by its real headers, loaded at the first request, behind one function.
//
// Linked in the ordinary way, libcurl and the 33 libraries it brings make every start five times
// slower. Its options are variadic, which Swift can't call: so one request is a struct of plain
// values, its outcome another, and every option that never changes is set in Options.c.
#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// What a streamed request adds, and its other side, where its body comes from and its answer goes:
/// all on the thread that sends.
typedef struct CCurlStream {
  /// Whether a body is sent, and its length; −1 sends it in chunks.
  bool hasBody;
  int64_t bodyLength;
  /// The limits in milliseconds: from when anything was last sent until the answer's head has come,
  /// and for how long the answer may stand still after that, 0 for ever.
  long headMilliseconds;
  long idleMilliseconds;
  /// What the functions are given.
  void *context;
  /// Waits for more of the body, but only until `server` can be read: false if that is first.
  bool (*awaitBody)(void *context, int server);
  /// Fills the buffer; how many bytes, 0 at the body's end, below 0 to give up.
  ptrdiff_t (*read)(void *context, void *buffer, size_t capacity);
  /// The answer's final head has come; false to give up.
  bool (*begin)(void *context, long status, const uint8_t *head, size_t length);
  /// Takes a piece of the answer's body; false to give up.
  bool (*take)(void *context, const void *bytes, size_t length);
  /// Whether the answer is still wanted.
  bool (*isWanted)(void *context);
} CCurlStream;

/// One request, and where its answer goes. Everything pointed at must outlive the call.
typedef struct CCurlRequest {
  /// A token. Without a stream, everything but GET is sent with the body.
  const char *method;
  /// The absolute URL.
  const char *url;
  /// Header fields as libcurl takes them, each ended by a NUL, the last followed by another NUL.
  const char *fields;
  /// A streamed request: body and content are there, and the limit on the whole is none.
  const CCurlStream *_Nullable stream;
  /// The body.
  const uint8_t *_Nullable body;
  size_t bodyLength;
  /// The proxy's URL; empty for none.
  const char *proxy;
  /// Certificate authorities, as a PEM file and a hashed folder. Both NULL: libcurl's built-in ones.
  const char *_Nullable authoritiesFile;
  const char *_Nullable authoritiesFolder;
  /// Instead of these, for the server but not for a proxy: a PEM file.
  const char *_Nullable serverAuthorities;
  /// The certificate to show the server, and its key; NULL if it is in the same file. Both PEM.
  const char *_Nullable certificate;
  const char *_Nullable key;
  /// The limits in milliseconds, both above 0: until the request can be sent, and altogether.
  long connectMilliseconds;
  long totalMilliseconds;
  /// Where the answer's head and body are written. The capacities are the caps.
  uint8_t *head;
  size_t headCapacity;
  uint8_t *_Nullable content;
  size_t contentCapacity;
} CCurlRequest;

/// Which cap an answer broke.
typedef enum CCurlOverflow {
  CCurlOverflowNone,
  CCurlOverflowHead,
  CCurlOverflowContent,
} CCurlOverflow;

/// What became of a request.
typedef struct CCurlOutcome {
  /// CURLE_OK, or what failed.
  CURLcode code;
  /// The answer's status; 0 without one.
  long status;
  /// How much was written to the request's buffers.
  size_t headLength;
  size_t contentLength;
  /// Which cap ended the transfer, if one did.
  CCurlOverflow overflow;
  /// The other side of the stream gave up.
  bool gaveUp;
  /// Whether libcurl had a connection, TLS and tunnel included, and began to send the request.
  /// While this is false, not a byte of it has left.
  bool requestBegan;
  /// The error of the last failed connect(2); 0 without one.
  long connectError;
  /// The proxy's answer to CONNECT; 0 without one. And the ways to sign in that it offered with a
  /// refusal, as a set of CURLAUTH_*.
  long connectStatus;
  long proxyLogins;
  /// OpenSSL's X509_V_ERR_* for the server's and for an https proxy's certificate.
  long verifyResult;
  long proxyVerifyResult;
  /// What libcurl says about this failure, NUL-ended. May name hosts, and the proxy's URL.
  char detail[CURL_ERROR_SIZE];
  /// What `code` means in general. Names nothing.
  const char *_Nullable summary;
} CCurlOutcome;

/// Loads libcurl; false when it can't be loaded (`ccurl_failure` says why). Cheap after the first
/// time.
bool ccurl_load(void);

/// Whether the library that `ccurl_load` refused is there: it is too old, or lacks something.
bool ccurl_is_found(void);

/// Why `ccurl_load` returned false: the loader's own words, mostly. NULL before that.
const char *_Nullable ccurl_failure(void);

/// Sends one request on a connection of its own and waits for the whole answer.
/// `ccurl_load` must have succeeded, and SIGPIPE must be ignored: a server may hang up at any time.
void ccurl_send(const CCurlRequest *request, CCurlOutcome *outcome);

/// A connection that is kept between streamed requests.
typedef struct CCurlConnection CCurlConnection;

/// A connection, which the first request makes; NULL without memory for it.
CCurlConnection *_Nullable ccurl_open(void);

/// Sends one streamed request on `connection`, and waits for its end, as `ccurl_send` does. Never
/// sends again what may have reached the server.
void ccurl_stream(CCurlConnection *connection, const CCurlRequest *request, CCurlOutcome *outcome);

/// Closes it.
void ccurl_close(CCurlConnection *connection);

#pragma clang assume_nonnull end
#endif
