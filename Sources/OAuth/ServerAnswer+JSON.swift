#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ServerAnswer {
  /// The body as JSON, whatever `Content-Type` says; nil when it is none, or of another form.
  ///
  /// Of a name that an object has twice, the decoder takes the first. To refuse would throw away
  /// tokens that were just issued; the wrong one of two is found out at its first use.
  func json<Body: Decodable>(_ type: Body.Type = Body.self) -> Body? {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = body.starts(with: mark) ? body.dropFirst(mark.count) : body[...]
    return try? JSONDecoder().decode(type, from: Data(text))
  }
}
