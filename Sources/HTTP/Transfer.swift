import CCurl
import Paths

/// One request on its way: everything about it decided, handed to libcurl once.
struct Transfer {
  let request: HTTPRequest
  let fields: FieldLines
  let route: Route
  /// Seconds for everything.
  let timeout: Double

  func run() throws(HTTPFailure) -> HTTPResponse {
    let answer = send(
      url: request.url, fields: fields.text, body: request.body ?? [],
      proxy: (route.proxy?.url ?? "").pathBytes,
      file: route.trust.file?.pathBytes, folder: route.trust.folder?.pathBytes,
      method: request.method.rawValue, serverFile: request.tls.authorities?.pathBytes,
      certificate: request.tls.certificate?.pathBytes, key: request.tls.key?.pathBytes)
    let response = HTTPResponse(
      status: answer.outcome.status, headers: ResponseHead.fields(answer.head),
      body: answer.content)
    guard answer.outcome.code == CURLE_OK else {
      throw route.failure(
        answer.outcome, timeout: timeout, partialAnswer: answer.head.isEmpty ? nil : response)
    }
    return response
  }

  private struct Answer {
    var outcome = CCurlOutcome()
    var head: [UInt8] = []
    var content: [UInt8] = []
  }

  /// Strings and arrays become C pointers by being passed, for as long as the call lasts.
  private func send(
    url: UnsafePointer<CChar>, fields: UnsafePointer<CChar>, body: UnsafePointer<UInt8>,
    proxy: UnsafePointer<CChar>, file: UnsafePointer<CChar>?, folder: UnsafePointer<CChar>?,
    method: UnsafePointer<CChar>, serverFile: UnsafePointer<CChar>?,
    certificate: UnsafePointer<CChar>?, key: UnsafePointer<CChar>?
  ) -> Answer {
    var answer = Answer()
    answer.head = buffer(HTTPClient.headLimit) { head in
      answer.content = buffer(HTTPClient.bodyLimit) { content in
        var call = CCurlRequest(
          method: method, url: url, fields: fields, stream: nil, body: body,
          bodyLength: request.body?.count ?? 0, proxy: proxy, authoritiesFile: file,
          authoritiesFolder: folder, serverAuthorities: serverFile, certificate: certificate,
          key: key, connectMilliseconds: Route.milliseconds(route.connectTimeout),
          totalMilliseconds: Route.milliseconds(timeout), head: head,
          headCapacity: HTTPClient.headLimit, content: content,
          contentCapacity: HTTPClient.bodyLimit)
        ccurl_send(&call, &answer.outcome)
        return answer.outcome.contentLength
      }
      return answer.outcome.headLength
    }
    return answer
  }

  /// An array of what `fill` wrote into `capacity` bytes; it returns how many. Memory that isn't
  /// written to is never touched.
  private func buffer(
    _ capacity: Int, fill: (UnsafeMutablePointer<UInt8>) -> Int
  ) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      count = buffer.baseAddress.map(fill) ?? 0
    }
  }
}
