import Glibc
import HTTP
import OAuth
import Paths
import Rotation

/// Where an engine answers, by HTTP.
struct StoreServer: Sendable {
  private let url: String
  private let tls: TLSFiles
  private let client: HTTPClient

  /// The server at `url`, which a setting of this name holds. To others than this machine itself the
  /// grant goes encrypted.
  init(
    _ url: String, setting: String, tls: TLSFiles, client: HTTPClient
  ) throws(StoreFailure) {
    guard HTTPRequest.isPrivate(url), !url.contains("?"), !url.contains("#") else {
      throw .settings(
        reason: "\(setting) must hold an https:// address (http:// is for 127.0.0.1 only)")
    }
    self.url = url.last == "/" ? String(url.dropLast()) : url
    (self.tls, self.client) = (tls, client)
  }

  /// Sends a request once, with `json` as its body.
  ///
  /// - Parameter connectTimeout: seconds until it can be sent.
  func send(
    _ method: HTTPRequest.Method, _ path: String, headers: [(name: String, value: String)],
    _ json: JSON? = nil, before deadline: Deadline, connectTimeout: Double = 6
  ) throws(StoreFailure) -> StoreAnswer {
    let type = json == nil ? [] : [(name: "Content-Type", value: "application/json")]
    let request = HTTPRequest(
      method: method, url: url + path, headers: headers + type, body: json?.bytes, tls: tls)
    do throws(HTTPFailure) {
      let answer = try client.send(
        request, timeout: deadline.secondsLeft, connectTimeout: connectTimeout)
      return StoreAnswer(status: answer.status, json: JSON(answer.body))
    } catch {
      throw error.mayHaveReachedServer
        ? .unknown(reason: error.words) : .notSent(reason: error.words)
    }
  }
}

/// An engine's answer.
struct StoreAnswer: Sendable {
  let status: Int
  /// The body, nil if it isn't JSON.
  let json: JSON?

  /// The failure of an answer that isn't the word of this engine, or none that decides anything.
  func unknown(_ engine: String, _ words: String? = nil) -> StoreFailure {
    let words = words.map { ": \(sanitized($0))" } ?? ""
    return .unknown(reason: "\(engine) answered with HTTP \(status)\(words)")
  }
}

/// A moment by the clock that counts from the machine's boot, which can't be set.
struct Deadline: Sendable {
  private let end: Double

  init(within seconds: Double) { end = Self.now + seconds }

  var secondsLeft: Double { max(0, end - Self.now) }

  private static var now: Double {
    var reading = timespec()
    clock_gettime(CLOCK_BOOTTIME, &reading)
    return Double(reading.tv_sec) + Double(reading.tv_nsec) / 1e9
  }
}

extension HTTPFailure {
  fileprivate var words: String {
    let way = proxy.map { "\(host) through the proxy \($0)" } ?? host
    return switch cause {
    case .noSuchHost: "the name \(host) can't be resolved"
    case .refused: "\(host) refused the connection"
    case .unreachable: "there is no route to \(host)"
    case .connectTimedOut: "no connection to \(way) in time"
    case .timedOut: "no answer from \(way) in time"
    case .connectionLost: "the connection to \(way) broke before the answer"
    case .certificateExpired: "the certificate of \(host) has expired"
    case .certificateNotTrusted:
      "the certificate of \(way) is signed by an authority that this machine doesn't know"
    case .certificateForAnotherHost: "the certificate that \(way) shows is for another host"
    case .caFileUnreadable(let path): "there is no certificate authority in \(path)"
    default: "the request to \(way) failed: \(detail)"
    }
  }
}

extension TLSFiles {
  /// The files that an engine's settings name.
  init(
    _ environment: [String: String], authorities: String, certificate: String, key: String
  ) throws(StoreFailure) {
    for name in [authorities, certificate, key] {
      guard let path = environment.setting(name) else { continue }
      var status = stat()
      guard stat(path.pathBytes, &status) == 0, access(path.pathBytes, R_OK) == 0 else {
        let reason = String(cString: strerror(errno))
        throw .settings(reason: "\(name) names \(path), which can't be read (\(reason))")
      }
      // The group may: that is what Debian's `ssl-cert` group is for.
      if name == key, status.st_mode & 0o007 != 0 {
        throw .settings(reason: "others on this machine can read the key \(path): chmod 600 it")
      }
    }
    self.init(
      authorities: environment.setting(authorities),
      certificate: environment.setting(certificate), key: environment.setting(key))
  }
}

extension [String: String] {
  /// A setting's value; an empty one is unset.
  func setting(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }
}

extension String {
  /// The parts of a place's name, between its slashes. What they are made of needs no encoding in a URL.
  func segments(of setting: String) throws(StoreFailure) -> [String] {
    let segments = utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    let isName = segments.allSatisfy { segment in
      !["", ".", ".."].contains(segment) && segment.utf8.allSatisfy(Self.isNameByte)
    }
    guard isName else {
      throw .settings(
        reason: "\(setting) must be made of letters, digits, dots, underscores and hyphens")
    }
    return segments
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "._-".utf8.contains(byte)
    }
  }
}

extension Secret {
  /// What a file holds, without blanks around it; nil if that is nothing, or can't be read.
  init?(file path: String) {
    guard let file = fopen(path.pathBytes, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let text = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
    let parts = text.split(whereSeparator: \.isWhitespace)
    guard parts.count == 1, let token = parts.first else { return nil }
    self.init(String(token))
  }
}
