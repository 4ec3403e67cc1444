import CommandTable
import Testing

@Suite("Durations")
struct DurationTextTests {
  @Test(
    "are numbers with units, or seconds",
    arguments: [
      ("75m", 4500), ("2h", 7200), ("90s", 90), ("3600", 3600), ("0", 0), ("0s", 0), ("1d", 86400),
      ("1h30m", 5400), ("1d2h3m4s", 93784), ("007", 7), ("36500d", 3_153_600_000),
    ])
  func accepted(text: String, seconds: Int) { #expect(DurationText.seconds(text) == seconds) }

  @Test(
    "are nothing else",
    arguments: [
      "", "m", "h2", "1.5h", "-1", "+1", "1 h", "1h ", "30m1h", "1m1m", "1h30", "2H", "1w", "1é",
      "٣", "36501d", "99999999999999999999", "9223372036854775807", "9223372036854775807d",
      "36500d1s",
    ])
  func refused(text: String) { #expect(DurationText.seconds(text) == nil) }

  @Test(
    "are written in the largest unit of which there are two, and read back",
    arguments: [
      (0, "0s"), (60, "60s"), (90, "90s"), (300, "5m"), (3600, "60m"), (4500, "75m"), (7200, "2h"),
      (86400, "24h"), (172_800, "2d"), (3661, "3661s"),
    ])
  func written(seconds: Int, text: String) {
    #expect(DurationText.text(seconds) == text)
    #expect(DurationText.seconds(text) == seconds)
  }
}
