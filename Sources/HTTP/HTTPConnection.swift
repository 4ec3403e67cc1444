import CCurl
import Paths

/// Sends streamed requests, one after another, on a connection that it keeps between them. For one
/// thread at a time.
///
/// As `HTTPClient` does, it follows no redirect, answers no challenge, keeps no cookie, and always
/// verifies certificates. A request that may have reached the server is never sent again.
public final class HTTPConnection {
  private let client: HTTPClient
  private let connection: OpaquePointer?

  /// A connection, which the first request makes.
  public init(_ client: HTTPClient) {
    self.client = client
    connection = ccurl_open()
  }

  deinit { if let connection { ccurl_close(connection) } }

  /// Sends `request` once, its body from `exchange`, to which the answer goes as it comes. False
  /// when `exchange` gave up, or nobody waited for it any more.
  ///
  /// The limits are in seconds. `headTimeout` is from when anything of the request was last sent
  /// until the answer's head is whole; `idleTimeout` for how long the answer may stand still after
  /// that, nil for ever; `connectTimeout` until the request can be sent (name, connection, proxy,
  /// TLS). Header fields that frame a message, or are about one connection, are left out.
  @discardableResult
  public func send(
    _ request: StreamedRequest, _ exchange: any HTTPExchange, headTimeout: Double,
    idleTimeout: Double?, connectTimeout: Double = 6
  ) throws(HTTPFailure) -> Bool {
    let route = try client.route(to: request.url, connectTimeout: connectTimeout)
    let headers = request.headers.filter { !Self.ownFields.contains($0.name.lowercased()) }
    let fields = try route.lines(of: headers, closing: false)
    guard FieldLines.isToken(request.method) else {
      throw route.refusal("malformed method \(request.method)")
    }
    guard let connection else { throw route.refusal("out of memory") }
    let side = OtherSide(
      of: request.body, exchange, headMilliseconds: Route.milliseconds(headTimeout),
      idleMilliseconds: idleTimeout.map(Route.milliseconds) ?? 0)
    let outcome = run(
      side, on: connection, method: request.method, url: request.url, fields: fields.text,
      proxy: (route.proxy?.url ?? "").pathBytes, file: route.trust.file?.pathBytes,
      folder: route.trust.folder?.pathBytes,
      connectMilliseconds: Route.milliseconds(route.connectTimeout))
    if outcome.gaveUp { return false }
    guard outcome.code == CURLE_OK else {
      let limit = side.hasAnswer ? idleTimeout ?? headTimeout : headTimeout
      throw route.failure(outcome, timeout: limit)
    }
    return true
  }

  /// The body says the one half of these, libcurl the other.
  private static let ownFields: Set = [
    "content-length", "transfer-encoding", "expect", "connection", "host",
  ]

  /// Strings become C pointers by being passed, for as long as the call lasts.
  private func run(
    _ side: OtherSide, on connection: OpaquePointer, method: UnsafePointer<CChar>,
    url: UnsafePointer<CChar>, fields: UnsafePointer<CChar>, proxy: UnsafePointer<CChar>,
    file: UnsafePointer<CChar>?, folder: UnsafePointer<CChar>?, connectMilliseconds: Int
  ) -> CCurlOutcome {
    var outcome = CCurlOutcome()
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: HTTPClient.headLimit) { head in
      guard let head = head.baseAddress else { return }
      side.withStream { stream in
        var call = CCurlRequest(
          method: method, url: url, fields: fields, stream: stream, body: nil, bodyLength: 0,
          proxy: proxy, authoritiesFile: file, authoritiesFolder: folder, serverAuthorities: nil,
          certificate: nil, key: nil, connectMilliseconds: connectMilliseconds,
          totalMilliseconds: 0, head: head, headCapacity: HTTPClient.headLimit, content: nil,
          contentCapacity: 0)
        ccurl_stream(connection, &call, &outcome)
      }
    }
    return outcome
  }
}

/// An exchange, as C sees it.
private final class OtherSide {
  private let body: StreamedRequest.Body
  private let exchange: any HTTPExchange
  private let headMilliseconds: Int
  private let idleMilliseconds: Int
  private(set) var hasAnswer = false

  init(
    of body: StreamedRequest.Body, _ exchange: any HTTPExchange, headMilliseconds: Int,
    idleMilliseconds: Int
  ) {
    (self.body, self.exchange) = (body, exchange)
    (self.headMilliseconds, self.idleMilliseconds) = (headMilliseconds, idleMilliseconds)
  }

  /// Calls `use` with what leads C back here.
  func withStream(use: (UnsafePointer<CCurlStream>) -> Void) {
    var length = -1
    if case .sized(let bytes) = body { length = max(0, bytes) }
    let stream = CCurlStream(
      hasBody: body != .none, bodyLength: Int64(length),
      headMilliseconds: headMilliseconds, idleMilliseconds: idleMilliseconds,
      context: Unmanaged.passUnretained(self).toOpaque(),
      awaitBody: { OtherSide.at($0).exchange.awaitBody(or: $1) },
      read: { OtherSide.at($0).exchange.read(into: .init(start: $1, count: $2)) ?? -1 },
      begin: { context, status, head, length in
        let side = OtherSide.at(context)
        side.hasAnswer = true
        let fields = ResponseHead.list(Array(UnsafeBufferPointer(start: head, count: length)))
        return side.exchange.begin(status: status, headers: fields)
      },
      take: { OtherSide.at($0).exchange.take(.init(start: $1, count: $2)) },
      isWanted: { OtherSide.at($0).exchange.isWanted })
    withExtendedLifetime(self) { withUnsafePointer(to: stream, use) }
  }

  private static func at(_ context: UnsafeMutableRawPointer) -> OtherSide {
    Unmanaged<OtherSide>.fromOpaque(context).takeUnretainedValue()
  }
}
