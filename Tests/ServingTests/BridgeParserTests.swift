import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Serving

@Suite("Bridge: what is read")
struct BridgeParserTests {
  @Test(
    "JSON is taken strictly",
    arguments: [
      "", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "1e", "nul", "\"\\x\"",
      "\"\\u12g4\"",
      "\"\n\"", "1 2", "'a'", "{\"a\" 1}", "[\u{FEFF}]", "-", "tru", "\"", "\"\\", "[1\u{B}]",
    ])
  func notJSON(text: String) { #expect(JSONValue(Array(text.utf8)) == nil) }

  @Test(
    "JSON is taken in every form",
    arguments: [
      " {} ", "[]", "0", "-0.5E+10", "\"\\u00e9\\/\\\\\"", "[[],{\"\":[null,true,false]}]",
      "\"\u{7F}é\"", "1e0",
    ])
  func json(text: String) { #expect(JSONValue(Array(text.utf8)) != nil) }

  @Test("bytes that aren't UTF-8 are no JSON")
  func notUTF8() {
    #expect(JSONValue([0x22, 0xC3, 0x22]) == nil)
    #expect(JSONValue([0x22, 0xED, 0xA0, 0x80, 0x22]) == nil)
  }

  @Test("nesting has a limit, short of a worker's stack")
  func depth() {
    let nested = { @Sendable (count: Int) in
      Array((String(repeating: "[", count: count) + String(repeating: "]", count: count)).utf8)
    }
    let outcome = Outcome()
    _ = WorkerThread.start {
      outcome.set(JSONValue(nested(200)) != nil && JSONValue(nested(201)) == nil)
    }
    #expect(eventually { outcome.isSet })
    #expect(JSONValue(nested(100_000)) == nil)
  }

  @Test("members are found by what their names mean, the last of several")
  func members() {
    let value = JSONValue(
      Array(#"{"x":{"id":9},"id":1,"\u0069\u0064":"\ud83d\ude00\t\ud83d","z":[1]}"#.utf8))
    #expect(value?["id"]?.string == "😀\t\u{FFFD}")
    #expect(value?["x"]?["id"]?.number == "9")
    #expect(value?["z"]?.elements.count == 1)
    #expect(value?["none"] == nil && value?["z"]?["id"] == nil)
  }

  @Test(
    "an id is the same in another spelling, and another one isn't",
    arguments: [
      ("1", "1.0", true), ("1", "1e0", true), ("-0", "0", true), (#""a/b""#, #""a\/b""#, true),
      (#""1""#, "1", false), ("9007199254740993", "9007199254740992", false),
      ("\"\u{E9}\"", "\"e\u{301}\"", false), ("1.5", "1", false),
    ])
  func ids(one: String, other: String, areSame: Bool) throws {
    let ids = [one, other].map { JSONValue(Array($0.utf8)).flatMap(MessageID.init) }
    #expect((try #require(ids[0]) == (try #require(ids[1]))) == areSame)
  }

  @Test("events are read the same, however they are cut up, and with every line end")
  func events() {
    let text =
      "\u{FEFF}: c\nretry: 250\nid: 1\nevent: message\ndata: {\ndata\ndata:  }\n\nid\ndata: 2\n\n\nevent: x\ndata: 3\nid: 9\n\nid: a\u{0}\ndata:4\n\nretry: 1x\ndata: 5"
    for end in ["\n", "\r", "\r\n"] {
      let bytes = Array(text.replacing("\n", with: end).utf8)
      for size in [1, 2, 3, 7, bytes.count] {
        var stream = EventStream(limit: 100)
        var messages: [String] = []
        for start in Swift.stride(from: 0, to: bytes.count, by: size) {
          messages += stream.take(bytes[start..<min(start + size, bytes.count)])
            .map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(messages == ["{\n\n }", "2", "4"])
        #expect(stream.lastID == "9" && stream.retry == 0.25 && !stream.isTooLong)
      }
    }
  }

  @Test("an id counts once its event is whole, and one that can't be sent is none")
  func eventIDs() {
    var stream = EventStream(limit: 100, resuming: "0")
    _ = stream.take("id: 1\n".utf8)
    #expect(stream.lastID == "0" && !stream.hasEvents)
    _ = stream.take("\n".utf8)
    #expect(stream.lastID == "1" && stream.hasEvents)
    _ = stream.take("id: \u{1}\n\n".utf8)
    #expect(stream.lastID == nil)
  }

  @Test("an event has a limit")
  func eventLimit() {
    var stream = EventStream(limit: 20)
    #expect(
      stream.take("data: 1234567890\n\ndata: 1234567890\ndata: 1234567890\n\n".utf8).count == 1)
    #expect(stream.isTooLong)
  }

  @Test("lines are found across pieces, and a long one is passed over")
  func lines() {
    var lines = InputLines(limit: 4)
    #expect(lines.take(Array("ab".utf8)) == [])
    #expect(lines.take(Array("cd\r\n\n12345".utf8)) == [.whole(Array("abcd".utf8))])
    #expect(lines.take(Array("6789".utf8)) == [])
    #expect(lines.take(Array("0\nx\n12345\n".utf8)) == [.tooLong, .whole([0x78]), .tooLong])
    #expect(lines.finish() == nil)
    #expect(lines.take(Array("end".utf8)) == [] && lines.finish() == .whole(Array("end".utf8)))
  }
}

private final class Outcome: Sendable {
  private let value = Mutex(false)
  var isSet: Bool { value.withLock { $0 } }
  func set(_ new: Bool) { value.withLock { $0 = new } }
}
