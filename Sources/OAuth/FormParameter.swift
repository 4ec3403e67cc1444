/// One name and value of a query or of an `application/x-www-form-urlencoded` body.
public struct FormParameter: Sendable, Equatable {
  // Bytes: what a query decodes to need not be UTF-8, and a signature must cover it all the same.
  let name: [UInt8]
  let value: [UInt8]

  init(name: [UInt8], value: [UInt8]) {
    self.name = name
    self.value = value
  }

  /// A parameter in plain, not yet encoded text.
  public init(_ name: String, _ value: String) {
    self.init(name: Array(name.utf8), value: Array(value.utf8))
  }

  /// The parameters in the encoded `text`, in their order. `a`, `a=` and `a=&` are all `a` with an
  /// empty value; `+` is a space.
  static func parse(_ text: String) -> [FormParameter] {
    Array(text.utf8).split(separator: UInt8(ascii: "&")).map { part in
      let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
      return FormParameter(
        name: PercentEncoding.decodeForm(part[..<equals]),
        value: PercentEncoding.decodeForm(part[equals...].dropFirst()))
    }
  }

  /// `parameters` as a query or a body.
  static func encode(_ parameters: [FormParameter]) -> String {
    parameters.map { "\($0.encodedName)=\($0.encodedValue)" }.joined(separator: "&")
  }

  var encodedName: String { PercentEncoding.encode(name) }
  var encodedValue: String { PercentEncoding.encode(value) }
}

extension FormParameter: CustomStringConvertible, CustomReflectable {
  /// The name alone: the value may be a secret.
  public var description: String { "\(String(decoding: name, as: UTF8.self))=\(Secret.mask)" }

  /// Nothing to see: the value may be a secret.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
