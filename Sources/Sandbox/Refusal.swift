import Callback

/// Why a call of the API was refused: with X's texts and status codes where they are known, else with
/// those of RFC 6749 §5.2 and RFC 7009 §2.2.1.
enum Refusal: Error, Equatable {
  case missingParameter(String)
  case repeatedParameter(String)
  case unsupportedGrantType
  case unsupportedTokenType
  /// `challenged`: the client tried the Authorization header, so the answer names the scheme.
  case unauthorizedClient(challenged: Bool)
  case invalidCode
  case verifierMismatch
  case invalidToken
  /// The sandbox itself failed: OpenSSL can't be loaded.
  case broken

  var status: Int {
    switch self {
    case .unauthorizedClient: 401
    case .broken: 500
    default: 400
    }
  }

  /// The value of `error`.
  var code: String {
    switch self {
    case .unsupportedGrantType: "unsupported_grant_type"
    case .unsupportedTokenType: "unsupported_token_type"
    case .unauthorizedClient: "unauthorized_client"
    case .broken: "server_error"
    default: "invalid_request"
    }
  }

  /// The value of `error_description`.
  var description: String {
    switch self {
    case .missingParameter(let name): "Missing required parameter [\(name)]."
    case .repeatedParameter(let name): "Parameter [\(name)] was sent more than once."
    case .unsupportedGrantType: "Value passed for the grant type is not supported."
    case .unsupportedTokenType: "Value passed for the token type hint is not supported."
    case .unauthorizedClient: "Missing valid authorization header"
    case .invalidCode: "Value passed for the authorization code was invalid."
    case .verifierMismatch: "Value passed for the code verifier did not match the code challenge."
    case .invalidToken: "Value passed for the token was invalid."
    case .broken: "The sandbox can't load OpenSSL."
    }
  }

  var outcome: Event.Outcome {
    switch self {
    case .unauthorizedClient: .clientRefused
    case .invalidCode: .codeRefused
    case .verifierMismatch: .verifierMismatch
    case .invalidToken: .tokenUnknown
    case .broken: .broken
    default: .requestRefused
    }
  }

  /// The answer.
  var response: Response {
    struct Body: Encodable {
      struct Detail: Encodable { let message: String }
      let error: String
      let error_description: String
      let errors: [Detail]?
    }
    var response = Response.json(
      Body(
        error: code, error_description: description,
        errors: self == .invalidCode ? [.init(message: description)] : nil), status: status)
    if self == .unauthorizedClient(challenged: true) {
      response.headers.append(HeaderField("WWW-Authenticate", #"Basic realm="xauth-sandbox""#))
    }
    return response
  }
}
