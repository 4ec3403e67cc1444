/// The paths that the sandbox answers.
enum Route: String, CaseIterable {
  case home = "/"
  case style = "/style.css"
  case authorize = "/i/oauth2/authorize"
  case token = "/2/oauth2/token"
  case revoke = "/2/oauth2/revoke"
  case account = "/2/users/me"

  init?(path: String) { self.init(rawValue: path) }

  /// The methods it takes. No HEAD where a GET has consequences.
  var methods: [String] {
    switch self {
    case .home, .style, .account: ["GET", "HEAD"]
    case .authorize: ["GET", "POST"]
    case .token, .revoke: ["POST"]
    }
  }
}
