import Foundation
import TestSupport
import Testing

/// In CI.
extension ReadmeExamplesTests {
  static let jobTrials: [String: Trial] = [
    "ci-push": { try HelpExamplesTests.pushesAccessTokenAlone($0) }
  ]
}
