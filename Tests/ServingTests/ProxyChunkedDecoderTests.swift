import Testing

@testable import Serving

@Suite("A body in chunks")
struct ProxyChunkedDecoderTests {
  /// The body, what follows it, and whether it has ended; nil when it is malformed.
  private func decode(
    _ text: String, input: Int = .max, output: Int = 1000
  ) -> (body: String, rest: String, isDone: Bool)? {
    var (decoder, rest, body) = (ChunkedDecoder(), Array(text.utf8)[...], [UInt8]())
    while !rest.isEmpty, !decoder.isDone {
      var buffer = [UInt8](repeating: 0, count: output)
      let step = Array(rest.prefix(input)).withUnsafeBytes { bytes in
        buffer.withUnsafeMutableBytes { decoder.decode(bytes, into: $0) }
      }
      guard let step else { return nil }
      body += buffer.prefix(step.written)
      rest = rest.dropFirst(step.read)
    }
    return (
      String(decoding: body, as: UTF8.self), String(decoding: rest, as: UTF8.self), decoder.isDone
    )
  }

  private static let whole =
    "5\r\nhello\r\n00A;name=\"v\";b\r\n, world...\r\n0\r\nTrailer: x\r\nB:\r\n\r\nGET / HTTP/1.1"

  @Test("is put together, however it comes, and what follows is left alone", arguments: 1...9)
  func pieces(size: Int) throws {
    for output in [1, 2, 7, 1000] {
      let decoded = try #require(decode(Self.whole, input: size, output: output))
      #expect(decoded.body == "hello, world...")
      #expect(decoded.rest == "GET / HTTP/1.1")
      #expect(decoded.isDone)
    }
  }

  @Test("goes on until its last chunk and the empty line")
  func unfinished() throws {
    let text = Self.whole.dropLast("GET / HTTP/1.1".count)
    for count in 0..<text.count {
      let decoded = try #require(decode(String(text.prefix(count))))
      #expect(!decoded.isDone)
    }
    #expect(decode("0\r\n\r\n")?.isDone == true)
    #expect(decode("5\r\nab")?.body == "ab")
  }

  @Test(
    "is refused when another program could find other chunks in it",
    arguments: [
      "\r\n", ";a\r\n", "g\r\n", "5\nhello\r\n", "5\rhello", "5 \r\n", " 5\r\n", "+5\r\n", "-1\r\n",
      "0x5\r\n", "5;a\nb\r\n", "5;a\rb", "5\r\nhello0\r\n", "5\r\nhello\n0\r\n", "5\r\nhello\r0",
      "5;\u{0}\r\n", "0\r\n:a\r\n", "0\r\n A: b\r\n", "0\r\nA: b\n\r\n", "0\r\n\n", "0\r\n\rx",
      "1fffffffffffffffff\r\n", "ffffffffffffffff\r\n",
    ])
  func malformed(text: String) {
    #expect(decode(text) == nil)
    #expect(decode(text, input: 1, output: 1) == nil)
  }

  @Test("has limits on what isn't data")
  func limits() throws {
    let zeros = String(repeating: "0", count: ChunkedDecoder.lineLimit)
    #expect(decode("\(zeros)1\r\n") == nil)
    #expect(decode("1;\(zeros)\r\n") == nil)
    #expect(decode("1;\(zeros.dropLast(8))\r\na\r\n")?.body == "a")
    let trailer = "A: \(String(repeating: "b", count: 1000))\r\n"
    #expect(decode("0\r\n" + String(repeating: trailer, count: 8) + "\r\n")?.isDone == true)
    #expect(decode("0\r\n" + String(repeating: trailer, count: 9) + "\r\n") == nil)
  }
}
