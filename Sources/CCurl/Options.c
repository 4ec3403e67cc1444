// Libraries before 7.85 know no other than CURLOPT_PROTOCOLS.
#define CURL_DISABLE_DEPRECATION
#include "Transfer.h"

#include <string.h>

// The first option that isn't taken ends the request before it begins: none is dispensable.
#define SET(option, value)                                                                         \
  do {                                                                                             \
    CURLcode code = ccurl.curl_easy_setopt(handle, option, value);                                 \
    if (code != CURLE_OK) return code;                                                             \
  } while (0)

// The library may be older than the headers.
static CURLcode setProtocols(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
  CURLcode code = ccurl.curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  if (code != CURLE_UNKNOWN_OPTION) return code;
#endif
  SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
  return CURLE_OK;
}

static CURLcode setPolicy(CURL *handle) {
  CURLcode code = setProtocols(handle);
  if (code != CURLE_OK) return code;
  SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  SET(CURLOPT_HTTP09_ALLOWED, 0L);
  SET(CURLOPT_FOLLOWLOCATION, 0L);
  SET(CURLOPT_PATH_AS_IS, 1L);
  SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  // The caller's Authorization is the only one: no challenge is ever answered.
  SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_NONE);
  // An answer is what was sent: no Accept-Encoding, nothing unpacked.
  SET(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  // No alarm(2) for the resolver's time limit. libcurl then leaves SIGPIPE alone too.
  SET(CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
  // Past the deadline, don't wait for a resolver that still waits for its server. Older
  // libraries can't do this: then the end may come late, and is no other.
  ccurl.curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
#endif
  return CURLE_OK;
}

static CURLcode setWhole(CURL *handle, const CCurlRequest *request) {
  // A request that meets a dying reused connection is sent twice: one connection, one request.
  SET(CURLOPT_FRESH_CONNECT, 1L);
  SET(CURLOPT_FORBID_REUSE, 1L);
  // No CURLOPT_TIMEOUT_MS: past its limit libcurl gives up without a look at what has arrived, and
  // a process that was stopped meanwhile (Ctrl-Z, a frozen container) would drop a whole answer.
  // The watch ends the transfer.
  if (strcmp(request->method, "GET") == 0) {
    SET(CURLOPT_HTTPGET, 1L);
    return CURLE_OK;
  }
  SET(CURLOPT_POST, 1L);
  SET(CURLOPT_CUSTOMREQUEST, request->method);
  SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->bodyLength);
  // Without a pointer libcurl would read the body from standard input.
  SET(CURLOPT_POSTFIELDS, request->body == NULL ? "" : (const char *)request->body);
  return CURLE_OK;
}

static CURLcode setStream(CURL *handle, const CCurlRequest *request, Transfer *transfer) {
  // One connection is kept, and only while the server is likely to keep it too. A stream may be
  // silent for hours: the kernel finds out within two minutes whether the server is still there.
  SET(CURLOPT_MAXCONNECTS, 1L);
  SET(CURLOPT_MAXAGE_CONN, 10L);
  // Newer libraries don't look at one that they used within the last second.
  SET(CURLOPT_FRESH_CONNECT, ccurl_has_stale_socket(&transfer->connection->watch) ? 1L : 0L);
  SET(CURLOPT_TCP_KEEPALIVE, 1L);
  SET(CURLOPT_TCP_KEEPIDLE, 30L);
  SET(CURLOPT_TCP_KEEPINTVL, 10L);
  SET(CURLOPT_WRITEFUNCTION, ccurl_take_stream);
  SET(CURLOPT_XFERINFOFUNCTION, ccurl_judge_stream);
  SET(CURLOPT_XFERINFODATA, transfer);
  SET(CURLOPT_NOPROGRESS, 0L);
  if (strcmp(request->method, "HEAD") == 0) {
    SET(CURLOPT_NOBODY, 1L);
    return CURLE_OK;
  }
  if (request->stream->hasBody) {
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->stream->bodyLength);
    SET(CURLOPT_READFUNCTION, ccurl_read_stream);
    SET(CURLOPT_READDATA, transfer);
  }
  SET(CURLOPT_CUSTOMREQUEST, request->method);
  return CURLE_OK;
}

static CURLcode setRequest(CURL *handle, Transfer *transfer, struct curl_slist *fields) {
  const CCurlRequest *request = transfer->request;
  SET(CURLOPT_URL, request->url);
  SET(CURLOPT_HTTPHEADER, fields);
  SET(CURLOPT_CONNECTTIMEOUT_MS, request->connectMilliseconds);
  if (request->stream != NULL) return setStream(handle, request, transfer);
  return setWhole(handle, request);
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
  if (request->authoritiesFile != NULL || request->authoritiesFolder != NULL) {
    // NULL takes libcurl's built-in default away: parsing Debian's bundle costs 45 ms.
    SET(CURLOPT_CAINFO, request->authoritiesFile);
    SET(CURLOPT_CAPATH, request->authoritiesFolder);
    SET(CURLOPT_PROXY_CAINFO, request->authoritiesFile);
    SET(CURLOPT_PROXY_CAPATH, request->authoritiesFolder);
  }
  if (request->serverAuthorities == NULL) return CURLE_OK;
  SET(CURLOPT_CAINFO, request->serverAuthorities);
  SET(CURLOPT_CAPATH, NULL);
  return CURLE_OK;
}

static CURLcode setCertificate(CURL *handle, const CCurlRequest *request) {
  if (request->certificate == NULL) return CURLE_OK;
  SET(CURLOPT_SSLCERT, request->certificate);
  SET(CURLOPT_SSLKEY, request->key == NULL ? request->certificate : request->key);
  // Without one, OpenSSL asks the terminal for the passphrase of an encrypted key.
  SET(CURLOPT_KEYPASSWD, "");
  return CURLE_OK;
}

static CURLcode setCallbacks(CURL *handle, Transfer *transfer) {
  SET(CURLOPT_ERRORBUFFER, transfer->outcome->detail);
  SET(CURLOPT_PREREQFUNCTION, ccurl_note_begin);
  SET(CURLOPT_PREREQDATA, transfer);
  SET(CURLOPT_HEADERFUNCTION, ccurl_take_head);
  SET(CURLOPT_HEADERDATA, transfer);
  SET(CURLOPT_WRITEFUNCTION, ccurl_take_content);
  SET(CURLOPT_WRITEDATA, transfer);
  SET(CURLOPT_SOCKOPTFUNCTION, ccurl_note_socket);
  SET(CURLOPT_SOCKOPTDATA, transfer);
  SET(CURLOPT_CLOSESOCKETFUNCTION, ccurl_close_socket);
  SET(CURLOPT_CLOSESOCKETDATA, &transfer->connection->watch);
  return CURLE_OK;
}

CURLcode ccurl_configure(Transfer *transfer, struct curl_slist *fields) {
  CURL *handle = transfer->connection->handle;
  CURLcode code = setPolicy(handle);
  if (code == CURLE_OK) code = setProxy(handle, transfer->request);
  if (code == CURLE_OK) code = setTrust(handle, transfer->request);
  if (code == CURLE_OK) code = setCertificate(handle, transfer->request);
  if (code == CURLE_OK) code = setCallbacks(handle, transfer);
  if (code == CURLE_OK) code = setRequest(handle, transfer, fields);
  return code;
}
