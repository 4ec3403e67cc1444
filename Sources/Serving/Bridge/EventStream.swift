/// Server-sent events (HTML, "Event stream interpretation"), read from pieces of any size.
struct EventStream {
  /// The id of the last event that was whole, by which the stream can be resumed; nil without one.
  private(set) var lastID: String?
  /// How many seconds the server wants to have before the stream is opened again.
  private(set) var retry: Double?
  /// Whether an event had more than `limit` bytes: nothing is read after it.
  private(set) var isTooLong = false
  /// Whether any event has come, be it without data.
  private(set) var hasEvents = false

  private let limit: Int
  private var line: [UInt8] = []
  private var lines = 0
  private var endedInReturn = false
  /// The event so far: without a `data` line there is none.
  private var data: [UInt8]?
  private var type: [UInt8] = []
  private var id: String?

  /// A stream from its start, or one that goes on after event `lastID`.
  init(limit: Int, resuming lastID: String? = nil, retry: Double? = nil) {
    self.limit = limit
    (self.lastID, self.id, self.retry) = (lastID, lastID, retry)
  }

  /// How many bytes have come of an event that isn't whole.
  var pendingCount: Int { line.count + (data?.count ?? 0) }

  /// Forgets them.
  mutating func dropPending() { (line, data) = ([], nil) }

  /// Takes the next bytes; the data of the messages that are whole with them, in their order.
  mutating func take(_ bytes: some Sequence<UInt8>) -> [[UInt8]] {
    var messages: [[UInt8]] = []
    for byte in bytes where !isTooLong {
      let follows = endedInReturn
      endedInReturn = byte == 0x0D
      if byte == 0x0A, follows { continue }
      guard byte == 0x0A || byte == 0x0D else {
        line.append(byte)
        isTooLong = pendingCount > limit
        continue
      }
      if let message = endLine() { messages.append(message) }
    }
    return messages
  }

  private mutating func endLine() -> [UInt8]? {
    defer { line.removeAll(keepingCapacity: line.count < 1 << 16) }
    lines += 1
    if lines == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    guard !line.isEmpty else { return endEvent() }
    let name = line.prefix { $0 != UInt8(ascii: ":") }
    var value = line[name.endIndex...].dropFirst()
    if value.first == 0x20 { value.removeFirst() }
    switch String(decoding: name, as: UTF8.self) {
    case "data":
      if data == nil { data = [] } else { data?.append(0x0A) }
      data?.append(contentsOf: value)
    case "event": type = Array(value)
    case "id": setID(value)
    case "retry": setRetry(value)
    default: break
    }
    return nil
  }

  private mutating func endEvent() -> [UInt8]? {
    defer { (data, type) = (nil, []) }
    hasEvents = hasEvents || data != nil || id != lastID
    lastID = id
    // A message is what JSON-RPC calls one: other types are something else, and so is no data.
    guard let data, !data.isEmpty, type.isEmpty || type.elementsEqual("message".utf8) else {
      return nil
    }
    return data
  }

  /// An id that can't be sent in a header field is none.
  private mutating func setID(_ value: ArraySlice<UInt8>) {
    guard !value.contains(0) else { return }
    let isSendable = value.count <= 1024 && value.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    let text = isSendable ? String(validating: value, as: UTF8.self) : nil
    id = text?.isEmpty == false ? text : nil
  }

  private mutating func setRetry(_ value: ArraySlice<UInt8>) {
    guard !value.isEmpty, value.allSatisfy({ (0x30...0x39).contains($0) }),
      let milliseconds = Int(String(decoding: value, as: UTF8.self))
    else { return }
    retry = Double(milliseconds) / 1000
  }
}
