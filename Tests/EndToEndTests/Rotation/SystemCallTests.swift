import Foundation
import TestSupport
import Testing

@Suite("The system calls of a renewal")
struct SystemCallTests {
  @Test(
    "come in the order in which a power cut loses nothing", .enabled(if: canTrace))
  func order() throws {
    let stage = try RotationStage()
    // The first run makes lock and journal; what each run does is the second's.
    #expect(try stage.run("refresh").status == 0)
    let run = try Child.run(
      "/usr/bin/env",
      [
        "strace", "-f", "-o", stage.folder.file("trace"), "-e",
        "trace=flock,fallocate,pwrite64,fsync,fdatasync,renameat2,sendto,recvfrom",
        Child.built("xauth"), "refresh", "--force",
      ], environment: stage.environment, folder: stage.folder.path)
    #expect(run.status == 0)
    #expect(
      calls(try #require(stage.folder.text("trace"))) == [
        // The lock that is never replaced, then the file's own.
        "flock", "flock",
        // What the journal said is on the disk before it is acted upon.
        "fdatasync",
        // The proof: both of the journal's slots, space for the save, and that all of it can be synced.
        "pwrite64", "pwrite64", "fdatasync",
        "fallocate", "pwrite64", "fsync", "fsync", "fsync",
        // The claim, whose name is what counts.
        "pwrite64",
        // The intent, before the token leaves.
        "journal", "fdatasync", "request", "answer",
        // The answer, before anything else is done with it.
        "journal", "fdatasync",
        // The save: its content, its lock, its name, the folders of both names.
        "pwrite64", "fsync", "flock", "renameat2", "fsync", "fsync",
        // Done, which the answer and the file say as well.
        "journal",
      ])
  }

  /// The calls by name, told apart by what they carry; of an answer in pieces the first.
  private func calls(_ trace: String) -> [String] {
    var calls: [String] = []
    for line in trace.split(separator: "\n") {
      let call = line.drop { $0.isNumber || $0 == " " }
      guard let name = call.split(separator: "(").first, call.contains("(") else { continue }
      switch String(name) {
      case "pwrite64" where call.contains("XAUTHJNL"): calls.append("journal")
      case "sendto": if call.contains("POST /2/oauth2/token") { calls.append("request") }
      case "recvfrom": if call.contains("\"HTTP/1.1 200") { calls.append("answer") }
      default: calls.append(String(name))
      }
    }
    return calls
  }
}
