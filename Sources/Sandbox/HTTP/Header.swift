/// One header field of a request or a response (RFC 9110 §5).
struct Header: Sendable, Equatable {
  /// The field's name; requests spell it in any case.
  let name: String
  /// The field's value, without the white space around it.
  let value: String

  /// A header field as it is given: whoever makes one keeps CR and LF out of it.
  init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
