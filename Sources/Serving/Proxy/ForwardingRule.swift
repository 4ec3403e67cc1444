import Callback
import HTTP
import OAuth

/// Which requests go to X, and what of them is sent.
///
/// Pure, and total: any head gives a decision. What comes without the secret is answered alike whatever
/// else is in it, so that nobody learns anything by trying.
struct ForwardingRule: Sendable {
  /// What becomes of a request.
  enum Decision: Equatable {
    case refuse(Refusal)
    case forward(ForwardedRequest)
  }

  /// A request that isn't passed on.
  struct Refusal: Error, Equatable {
    let status: Int
    /// For the caller, and for a log: nothing of the request is in it.
    let words: String

    init(_ status: Int, _ words: String) { (self.status, self.words) = (status, words) }
  }

  /// The port that the proxy listens on.
  let port: Int
  /// The first segment of each path.
  let secret: Secret

  /// Decides about a request by its head.
  func decide(_ head: RequestHead) -> Decision {
    do throws(Refusal) {
      try checkHost(head)
      try checkCaller(head)
      let path = try pathBehindSecret(head)
      let framing = try Framing(head)
      let segments = try PathSegments(path)
      guard segments.areForX else {
        throw Refusal(403, "only /2/… and /mcp are passed on to X, and no path with oauth in it")
      }
      guard head.query?.contains("\\") != true else {
        throw Refusal(400, "a backslash in a query has to be written %5C")
      }
      return .forward(
        ForwardedRequest(
          method: head.method, path: segments.encoded, query: head.query,
          headers: Self.passedOn(head.headers), body: framing.body,
          awaitsContinue: head.version == "HTTP/1.1"
            && head.values(of: "Expect").contains { $0.lowercasedASCII == "100-continue" },
          keepsConnection: head.version == "HTTP/1.1"
            && !ConnectionFields.names(in: head.headers).contains("close"),
          mayBeChunked: head.version == "HTTP/1.1"))
    } catch {
      return .refuse(error)
    }
  }

  /// A name that leads here without being ours may be an attacker's (DNS rebinding).
  private func checkHost(_ head: RequestHead) throws(Refusal) {
    let hosts = head.values(of: "Host")
    guard hosts.count == 1 else { throw Refusal(400, "the request needs exactly one Host field") }
    for name in hosts + (head.authority.map { [$0] } ?? []) {
      guard ["127.0.0.1:\(port)", "localhost:\(port)"].contains(name.lowercasedASCII) else {
        throw Refusal(421, "this is not the host of the proxy; use the address that it was given")
      }
    }
  }

  /// Pages can have a browser send requests to any port of the machine; it says that it's a page.
  private func checkCaller(_ head: RequestHead) throws(Refusal) {
    guard head.values(of: "Origin").isEmpty,
      head.values(of: "Sec-Fetch-Site").allSatisfy({ $0 == "none" })
    else { throw Refusal(403, "requests of web pages are not passed on") }
    guard !["CONNECT", "TRACE"].contains(head.method) else {
      throw Refusal(405, "\(head.method) is not passed on")
    }
  }

  /// What follows the secret in the path: empty, or from a slash on.
  private func pathBehindSecret(_ head: RequestHead) throws(Refusal) -> Substring {
    let path = (head.path ?? "").dropFirst()
    let first = path.prefix { $0 != "/" }
    guard !secret.isEmpty, String(first).equalsInConstantTime(secret.reveal()) else {
      throw Refusal(404, "nothing is here; the address of the proxy has a secret part")
    }
    return path[first.endIndex...]
  }

  /// Credentials that aren't ours to pass on, what is said of one connection only (RFC 9110 §7.6.1),
  /// what the sender of the request writes itself, who is behind a proxy, and where the secret may be.
  private static let dropped: Set = [
    "authorization", "cookie", "host", "content-length", "expect", "forwarded", "via", "referer",
  ]

  private static func passedOn(_ fields: [HeaderField]) -> [HeaderField] {
    ConnectionFields.without(fields).filter { field in
      let name = field.name.lowercasedASCII
      return !dropped.contains(name) && !name.hasPrefix("x-forwarded-")
    }
  }
}

/// A request as it is passed on, but for the token. Query and fields may hold secrets.
struct ForwardedRequest: Equatable, WithoutSecrets {
  let method: String
  /// The path at X: what was checked, encoded again.
  let path: String
  /// As it came.
  let query: String?
  let headers: [HeaderField]
  let body: StreamedRequest.Body
  /// Whether the caller waits for a word before it sends the body (RFC 9110 §10.1.1).
  let awaitsContinue: Bool
  /// Whether the connection can take another request afterwards.
  let keepsConnection: Bool
  /// Whether the caller understands an answer in chunks (RFC 9112 §7.1).
  let mayBeChunked: Bool
}

/// Fields that are about one connection and end with it (RFC 9110 §7.6.1), in either direction.
enum ConnectionFields {
  private static let always: Set = [
    "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
  ]

  /// What `Connection` names, in lower case.
  static func names(in fields: [HeaderField]) -> Set<String> {
    Set(
      fields.values(of: "Connection").flatMap { value in
        value.split { $0 == "," || $0 == " " || $0 == "\t" }.map { String($0).lowercasedASCII }
      })
  }

  /// The fields that belong to the message. `Proxy-*` are for the next proxy: for us.
  static func without(_ fields: [HeaderField]) -> [HeaderField] {
    let named = names(in: fields)
    return fields.filter { field in
      let name = field.name.lowercasedASCII
      return !always.contains(name) && !named.contains(name) && !name.hasPrefix("proxy-")
    }
  }
}

/// How long a request's body is, said in one way only: of two, each program on the way could believe
/// another one, and take a part of the body for a request (RFC 9112 §11.2).
private struct Framing {
  let body: StreamedRequest.Body

  init(_ head: RequestHead) throws(ForwardingRule.Refusal) {
    let lengths = head.values(of: "Content-Length")
    let codings = head.values(of: "Transfer-Encoding")
    switch (lengths.count, codings.count) {
    case (0, 0): body = .none
    case (1, 0):
      guard let length = Self.number(lengths[0]) else {
        throw ForwardingRule.Refusal(400, "the Content-Length is not a number")
      }
      body = .sized(length)
    case (0, 1) where head.version == "HTTP/1.1" && codings[0].lowercasedASCII == "chunked":
      body = .unsized
    default:
      throw ForwardingRule.Refusal(400, "the length of the body is not said in one plain way")
    }
  }

  /// Digits only, and few enough to be counted with.
  private static func number(_ text: String) -> Int? {
    guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy(\.isDigit) else { return nil }
    return Int(text)
  }
}

/// A path, decoded once and resolved.
private struct PathSegments {
  /// As bytes: strings that differ can be equal.
  private var segments: [[UInt8]] = []
  private var endsInSlash = false

  init(_ path: Substring) throws(ForwardingRule.Refusal) {
    let raw = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    for (index, bytes) in raw.enumerated().dropFirst() {
      let isLast = index == raw.count - 1
      endsInSlash = isLast && bytes.isEmpty
      if endsInSlash { break }
      let segment = try Self.decoded(bytes)
      switch segment {
      case []: throw Self.broken("an empty segment")
      case Array(".".utf8): endsInSlash = isLast
      case Array("..".utf8):
        guard segments.popLast() != nil else { throw Self.broken("more .. than it has segments") }
        endsInSlash = isLast
      default: segments.append(segment)
      }
    }
  }

  /// Whether X's API has it, or its MCP server, and it is not where tokens are issued.
  var areForX: Bool {
    let names = segments.map(Self.name)
    guard !names.contains(where: { ["oauth", "oauth2"].contains($0.lowercasedASCII) }) else {
      return false
    }
    return names.first == "2" ? names.count > 1 : names == ["mcp"]
  }

  /// The path in the one spelling of RFC 3986 §3.3.
  var encoded: String {
    segments.map { "/" + $0.map(Self.encoded).joined() }.joined() + (endsInSlash ? "/" : "")
  }

  /// A segment without its parameters, which some servers cut off at a semicolon.
  private static func name(_ segment: [UInt8]) -> String {
    String(decoding: segment.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
  }

  private static func decoded(
    _ text: Substring.UTF8View.SubSequence
  ) throws(ForwardingRule.Refusal) -> [UInt8] {
    var (bytes, rest): ([UInt8], _) = ([], Array(text)[...])
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst()?.hexadecimalValue,
        let low = rest.popFirst()?.hexadecimalValue
      else { throw broken("a percent sign without two digits") }
      bytes.append(high << 4 | low)
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw broken("bytes beyond UTF-8")
    }
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && !#"/\%"#.utf8.contains($0) }) else {
      throw broken("an encoded slash, backslash, percent sign or control character")
    }
    // Where parameters are cut off, this would be `..`.
    guard !(bytes.contains(UInt8(ascii: ";")) && [".", "..", ""].contains(name(bytes))) else {
      throw broken("a dot segment with parameters")
    }
    return bytes
  }

  private static func broken(_ words: String) -> ForwardingRule.Refusal {
    ForwardingRule.Refusal(400, "the path has \(words)")
  }

  private static func encoded(_ byte: UInt8) -> String {
    // RFC 3986 §3.3: pchar.
    if byte.isDigit || byte.isLetter || "-._~!$&'()*+,;=:@".utf8.contains(byte) {
      return String(UnicodeScalar(byte))
    }
    let digits = String(byte, radix: 16, uppercase: true)
    return "%" + (digits.count < 2 ? "0" : "") + digits
  }
}
