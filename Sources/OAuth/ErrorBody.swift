/// The body of an error response (RFC 6749 §5.2), unchecked.
struct ErrorBody: Decodable {
  let error: String
  let description: String?

  private enum Key: String, CodingKey {
    case error
    case description = "error_description"
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    guard let error = container.text(.error).text else {
      throw DecodingError.dataCorruptedError(
        forKey: .error, in: container, debugDescription: "no OAuth error")
    }
    self.error = error
    description = container.text(.description).text
  }

  /// Whether the server says that the failure is its own: then nobody knows how far it got.
  var isServersFault: Bool { error == "server_error" || error == "temporarily_unavailable" }
}
