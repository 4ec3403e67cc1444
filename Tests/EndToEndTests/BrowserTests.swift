import Testing

/// One browser at a time: each takes as much of the machine as all the other tests.
@Suite(
  "In a real browser", .serialized, .enabled(if: Chromium.isInstalled, Chromium.howToInstall))
struct BrowserTests {}
