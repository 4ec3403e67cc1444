import OAuth

/// The request that a header is for.
struct HeaderRequest {
  /// The method as it was typed; without one GET, or POST if there is a form.
  let method: String
  /// The URL as it was typed; it is parsed only to sign it.
  let url: String
  /// The fields of `--data`.
  let form: [FormParameter]

  /// The request in the operands and `--data`.
  init(_ words: [String], data: [String]) throws(Failure) {
    form = try Self.form(data)
    url = words.last ?? ""
    method = words.count > 1 ? words[0] : form.isEmpty ? "GET" : "POST"
    // RFC 9110 §9.1 allows more characters, but X's methods have only letters.
    guard !method.isEmpty, method.allSatisfy({ $0.isASCII && $0.isLetter }) else {
      throw .header(.notMethod(method))
    }
  }

  private static func form(_ fields: [String]) throws(Failure) -> [FormParameter] {
    var form: [FormParameter] = []
    for field in fields {
      guard let equals = field.firstIndex(of: "="), equals != field.startIndex else {
        throw .header(.notNameAndValue)
      }
      form.append(
        FormParameter(String(field[..<equals]), String(field[field.index(after: equals)...])))
    }
    return form
  }
}
