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

/// One request, and where its answer goes. Everything pointed at must outlive the call.
typedef struct CCurlRequest {
  /// The absolute URL.
  const char *url;
  /// Header fields as libcurl takes them, each ended by a NUL, the last followed by another NUL.
  const char *fields;
  /// POST instead of GET.
  bool isPost;
  /// The body of a POST.
  const uint8_t *_Nullable body;
  size_t bodyLength;
  /// The proxy's URL; empty for none.
  const char *proxy;
  /// Certificate authorities, as a PEM file and a hashed folder. Both NULL: libcurl's built-in ones.
  const char *_Nullable authoritiesFile;
  const char *_Nullable authoritiesFolder;
  /// The limits in milliseconds, both above 0: until the request can be sent, and altogether.
  long connectMilliseconds;
  long totalMilliseconds;
  /// Where the answer's head and body are written. The capacities are the caps.
  uint8_t *head;
  size_t headCapacity;
  uint8_t *content;
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

/// Why `ccurl_load` returned false: the loader's own words, mostly. NULL before that.
const char *_Nullable ccurl_failure(void);

/// Sends one request on a connection of its own and waits for the whole answer.
/// `ccurl_load` must have succeeded, and SIGPIPE must be ignored: a server may hang up at any time.
void ccurl_send(const CCurlRequest *request, CCurlOutcome *outcome);

#pragma clang assume_nonnull end
#endif
