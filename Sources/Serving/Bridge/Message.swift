/// A JSON-RPC message, or a batch of them, as it came.
struct Message: Sendable {
  /// What one message is.
  enum Kind: Sendable, Equatable {
    case request(MessageID)
    case notification
    /// The id is missing in an error about something that couldn't be read.
    case response(MessageID?)
  }

  /// One message, alone or of a batch.
  struct Part: Sendable {
    let kind: Kind
    /// The method of a request or a notification.
    let method: String?
    let value: JSONValue

    /// Its id, if it is a request.
    var request: MessageID? { if case .request(let id) = kind { id } else { nil } }
  }

  /// Why bytes are no message.
  enum Flaw: Error, Equatable {
    case notJSON
    /// JSON, but no JSON-RPC; with the id of what wants to be a request.
    case notMessage(MessageID?)
  }

  /// The longest that is taken from a client, in bytes.
  static let limit = 16 << 20

  /// The text on one line. A line break can only be between tokens: in a string it would be no JSON.
  let line: [UInt8]
  /// The only message, or those of a batch.
  let parts: [Part]
  private let isBatch: Bool

  init(_ text: [UInt8]) throws(Flaw) {
    guard let value = JSONValue(text) else { throw .notJSON }
    var parts: [Part] = []
    for element in value.isArray ? value.elements : [value] { parts.append(try Part(element)) }
    guard !parts.isEmpty else { throw .notMessage(nil) }
    self.parts = parts
    isBatch = value.isArray
    line = text.contains(0x0A) || text.contains(0x0D) ? Self.line(text) : text
  }

  /// One message of a batch, by itself.
  init(_ part: Part) { (parts, isBatch, line) = ([part], false, Self.line(part.value.bytes)) }

  /// Those of its messages for which this holds: itself if that is all of them, nil if it is none.
  func keeping(_ isKept: (Part) -> Bool) -> Message? {
    let kept = parts.filter(isKept)
    if kept.count == parts.count { return self }
    return kept.isEmpty ? nil : Message(batch: kept)
  }

  private init(batch parts: [Part]) {
    (self.parts, isBatch) = (parts, true)
    line = [0x5B] + parts.map { Self.line($0.value.bytes) }.joined(separator: [0x2C]) + [0x5D]
  }

  /// JSON on one line.
  static func line(_ text: some Collection<UInt8>) -> [UInt8] {
    text.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
  }

  /// The message, unless it is a batch.
  var single: Part? { isBatch ? nil : parts[0] }

  /// Whether it says that the client has what `initialize` brought.
  var isConfirmation: Bool { single?.method == "notifications/initialized" }

  /// What wants an answer, in its order.
  var requests: [MessageID] { parts.compactMap(\.request) }
}

extension Message.Part {
  fileprivate init(_ value: JSONValue) throws(Message.Flaw) {
    guard value.isObject else { throw .notMessage(nil) }
    // Looked up once: the message may be long.
    var found: [String: JSONValue] = [:]
    for (name, member) in value.members { found[name] = member }
    let id = found["id"].flatMap(MessageID.init)
    method = found["method"]?.string
    if method != nil {
      guard found["id"] == nil || id != nil else { throw .notMessage(nil) }
      kind = id.map(Message.Kind.request) ?? .notification
    } else if found["result"] != nil || found["error"]?.isObject == true {
      kind = .response(id)
    } else {
      throw .notMessage(id)
    }
    self.value = value
  }
}

/// The id of a request: a string or a number.
struct MessageID: Sendable, Hashable {
  /// As it is written.
  let spelling: [UInt8]
  /// The same for all spellings of the same id: a server may write one in another way.
  private let meaning: [UInt8]

  init?(_ value: JSONValue) {
    spelling = Array(value.bytes)
    if let text = value.string {
      meaning = Array("\"\(text)".utf8)
    } else if let number = value.number {
      let exact = Int(number) ?? Double(number).flatMap { Int(exactly: $0) }
      meaning = Array((exact.map(String.init) ?? number).utf8)
    } else {
      return nil
    }
  }

  static func == (one: MessageID, other: MessageID) -> Bool { one.meaning == other.meaning }
  func hash(into hasher: inout Hasher) { hasher.combine(meaning) }
}

/// The answers of the bridge's own.
enum ErrorResponse {
  static let parseError = -32700
  static let invalidRequest = -32600
  static let methodNotFound = -32601
  /// The first of those that JSON-RPC leaves to servers.
  static let serverError = -32000

  /// An error of ours, in answer to `id`.
  static func line(_ id: MessageID?, code: Int = serverError, _ message: String) -> [UInt8] {
    line(id, error: Array("{\"code\":\(code),\"message\":\(message.jsonQuoted)}".utf8)[...])
  }

  /// Somebody else's `error` member, in answer to `id`.
  static func line(_ id: MessageID?, error: ArraySlice<UInt8>) -> [UInt8] {
    Array("{\"jsonrpc\":\"2.0\",\"id\":".utf8) + (id?.spelling ?? Array("null".utf8))
      + Array(",\"error\":".utf8) + Message.line(error) + [0x7D]
  }
}
