import FoundationEssentials
import OAuth

/// The request that a header is for.
struct HeaderRequest {
  /// The method as it was typed; without one GET, or POST if there is a form.
  let method: String
  /// The URL as it was typed: https, or on loopback.
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
    try Self.requireSafe(url)
  }

  /// A token that goes out over plain http is everybody's on the way.
  private static func requireSafe(_ url: String) throws(Failure) {
    guard let parts = URLComponents(string: url),
      let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme)
    else { throw .header(.notPlainURL(.notHTTP)) }
    guard parts.host?.isEmpty == false else { throw .header(.notPlainURL(.noHost)) }
    guard parts.isSafeForSecrets else { throw .header(.notSecureURL) }
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
