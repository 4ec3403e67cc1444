@testable import Serving

extension FuzzTarget {
  /// A stream of events from a server, whole and in pieces.
  static let eventStream = FuzzTarget(name: "event-stream") { input in
    var whole = EventStream(limit: 1000)
    let messages = whole.take(input)
    for size in [1, 3, 64] {
      var stream = EventStream(limit: 1000)
      var rest = input[...]
      var found: [[UInt8]] = []
      while !rest.isEmpty {
        found += stream.take(rest.prefix(size))
        rest = rest.dropFirst(size)
      }
      try promise("pieces make no difference", found == messages && stream.lastID == whole.lastID)
      try promise("nor to what else is known", stream.retry == whole.retry)
    }
    for message in messages {
      try promise("a message has lines of its own making", !message.contains(0x0D))
      try promise("a message is something, within the limit", (1...1000).contains(message.count))
    }
    try promise("a pause is a time", whole.retry.map { $0 >= 0 } ?? true)
    if let id = whole.lastID {
      try promise(
        "an id can be sent in a field",
        !id.isEmpty && id.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } && id.utf8.count <= 1024)
    }
  }
}
