#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ServerAnswer {
  /// The body as JSON, whatever `Content-Type` says and with or without a byte order mark; nil
  /// when it is none, or of another form.
  ///
  /// Of a name that an object has twice, the decoder takes the first. To refuse would throw away
  /// tokens that were just issued; the wrong one of two is found out at its first use.
  func json<Body: Decodable>(_ type: Body.Type = Body.self) -> Body? {
    try? JSONDecoder().decode(type, from: Data(body))
  }
}
