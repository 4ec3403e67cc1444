import Testing

@testable import Rotation
@testable import XAuthTool

@Suite("X_OAUTH2_EXPIRES_AT as people and programs write it")
struct ExpiryTextTests {
  @Test(
    "seconds and milliseconds are read",
    arguments: [
      ("1800000000", 1_800_000_000), ("1800000000000", 1_800_000_000),
      ("1800000000999", 1_800_000_000), ("1800000000.0", 1_800_000_000), ("1.8e9", 1_800_000_000),
      ("1000000000", 1_000_000_000), ("9999999999", 9_999_999_999),
    ])
  func read(text: String, time: Int) {
    #expect(Grant.expiry(text) == time)
  }

  @Test(
    "anything else is no time",
    arguments: [
      "", "0", "-1", "7200", "999999999", "10000000000", "1800000000000000", "soon", "1.5e9x",
      "2027-01-15T08:00:00Z", "nan", "inf", "-inf", "1e400", "99999999999999999999999",
      "-9223372036854775808", " 1800000000",
    ])
  func noTime(text: String) {
    #expect(Grant.expiry(text) == nil)
  }
}
