import Foundation
import Testing

@testable import OAuth

@Suite struct ServerAnswerTests {
  @Test("Only the headers that matter are kept, in lower case")
  func headers() {
    let headers = ["Retry-After": "5", "Set-Cookie": "a=b", "X-RATE-LIMIT-RESET": "9", "Date": "x"]
    #expect(answer(429, "", headers).headers == ["retry-after": "5", "x-rate-limit-reset": "9"])
  }

  @Test("What is written down is read back, whatever the bytes, and stays short")
  func coding() throws {
    let body = (0..<3000).map { UInt8(truncatingIfNeeded: $0) }
    let written = ServerAnswer(status: 200, headers: ["content-type": "x"], body: body)
    let bytes = try JSONEncoder().encode(written)
    #expect(bytes.count < body.count * 3 / 2)
    #expect(try JSONDecoder().decode(ServerAnswer.self, from: bytes) == written)
  }

  @Test("A damaged record is an error that holds nothing of the body")
  func damaged() {
    let text = #"{"status":200,"headers":{},"body":"%s3cr3t%"}"#
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(ServerAnswer.self, from: Data(text.utf8))
    }
    #expect(!"\(String(describing: error))".contains("s3cr3t"))
  }
}
