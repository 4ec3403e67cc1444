import Foundation

import Synchronization
import TestSupport
import Testing

@testable import Serving

@Suite("Bridge: input, output and end")
struct BridgeEndTests {
  @Test("a line that is no message gets an error, and the bridge goes on")
  func brokenLines() throws {
    let server = try BridgeServer { _, answer in answer.send(200, BridgeStage.result(1)) }
    let stage = try BridgeStage(server.url)
    stage.write("{broken\n\n \t \r\n[]\n{\"jsonrpc\":\"2.0\",\"id\":4}\n")
    stage.write("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"m\"}\n\(BridgeStage.call(1))")
    #expect(stage.end())
    let lines = stage.lines
    try #require(lines.count == 5)
    let head = #"{"jsonrpc":"2.0","id":"#
    #expect(lines[0].hasPrefix("\(head)null,\"error\":{\"code\":-32700"))
    #expect(lines[1].hasPrefix("\(head)null,\"error\":{\"code\":-32600"))
    #expect(lines[2].hasPrefix("\(head)4,\"error\":{\"code\":-32600"))
    #expect(lines[3].hasPrefix("\(head)null,\"error\":{\"code\":-32600"))
    #expect(lines[4] == BridgeStage.result(1), "the last line needs no line feed")
    #expect(server.requests.count == 1)
  }

  @Test("a request of more than 16 MiB is answered with an error, and the bridge goes on")
  func longLine() throws {
    let server = try BridgeServer { _, answer in answer.send(200, BridgeStage.result(1)) }
    let stage = try BridgeStage(server.url)
    stage.say(BridgeStage.call(2, String(repeating: "x", count: 16 << 20)))
    stage.say(BridgeStage.call(1))
    // A debug build reads that much in seconds.
    #expect(eventually(within: 90) { stage.lines.count == 2 })
    #expect(stage.line(with: #""id":2"#)?.contains("-32600") == true)
    #expect(stage.line(with: #""id":1"#) == BridgeStage.result(1))
    #expect(stage.end())
    #expect(server.requests.count == 1)
  }

  @Test("an id that waits for its answer isn't taken up again")
  func repeatedID() throws {
    let isOpen = Mutex(false)
    let server = try BridgeServer { _, answer in
      _ = eventually { isOpen.withLock { $0 } }
      answer.send(200, BridgeStage.result(1))
    }
    let stage = try BridgeStage(server.url)
    stage.say(BridgeStage.call(1))
    stage.say(BridgeStage.call(1))
    #expect(stage.line(with: "-32600") != nil)
    isOpen.withLock { $0 = true }
    #expect(stage.line(with: "result") == BridgeStage.result(1))
    #expect(stage.end())
    #expect(server.requests.count == 1)
  }

  @Test("no request of a batch with such an id is left without an answer")
  func repeatedIDInBatch() throws {
    let server = try BridgeServer { _, answer in answer.send(500) }
    let stage = try BridgeStage(server.url)
    stage.say("[\(BridgeStage.call(1)),\(BridgeStage.call(2)),\(BridgeStage.call(1))]")
    let refusals = { stage.lines.filter { $0.contains("-32600") && $0.contains("not sent") } }
    #expect(eventually { refusals().count == 3 })
    #expect(refusals().contains { $0.contains(#""id":2"#) })
    #expect(stage.end())
    #expect(server.requests.isEmpty)
  }

  @Test("requests in flight at the end of the input have their time")
  func grace() throws {
    let isOpen = Mutex(false)
    let server = try BridgeServer.withSessions { _, answer in
      _ = eventually { isOpen.withLock { $0 } }
      answer.send(200, BridgeStage.result(1))
    }
    let stage = try BridgeStage(server.url)
    try stage.greet()
    stage.say(BridgeStage.call(1))
    #expect(eventually { server.requests(saying: "tools/call").count == 1 })
    stage.closeInput()
    #expect(server.goodbyes.isEmpty)
    isOpen.withLock { $0 = true }
    #expect(eventually { stage.isOver })
    #expect(stage.line(with: #""id":1"#) == BridgeStage.result(1))
    #expect(server.goodbyes.count == 1)
  }

  @Test("past that time they get an error, and what never left says so", arguments: [true, false])
  func outOfTime(byStop: Bool) throws {
    let isOpen = Mutex(false)
    let server = try BridgeServer { request, answer in
      _ = eventually(within: 20) { isOpen.withLock { $0 } }
      answer.send(200, "{}")
    }
    let stage = try BridgeStage(server.url, grace: 0.3)
    stage.say(BridgeStage.initialize)
    stage.say(BridgeStage.call(1))
    #expect(eventually { server.requests.count == 1 })
    if byStop { stage.stop() } else { stage.closeInput() }
    #expect(eventually { stage.isOver })
    isOpen.withLock { $0 = true }
    #expect(stage.line(with: #""id":0"#)?.contains("may have been carried out") == true)
    #expect(stage.line(with: #""id":1"#)?.contains("it was not sent") == true)
    #expect(stage.lines.count == 2)
  }

  @Test("a client that is gone ends the bridge")
  func closedOutput() throws {
    let server = try BridgeServer.withSessions { _, answer in
      answer.send(200, BridgeStage.result(1))
    }
    let stage = try BridgeStage(server.url, reads: false)
    stage.say(BridgeStage.initialize)
    #expect(eventually { server.requests.count == 1 })
    stage.closeOutput()
    #expect(eventually(within: 20) { stage.isOver })
    #expect(eventually { server.goodbyes.count == 1 })
  }

  @Test("lines stay whole, whichever threads they come from, and however slowly they are read")
  func wholeLines() throws {
    let pipe = Pipe()
    let output = OutputLines(pipe.fileHandleForWriting.fileDescriptor)
    let done = Mutex(0)
    for letter in "abcd" {
      Thread.detachNewThread {
        for _ in 1...20 {
          #expect(output.write(Array(repeating: letter.asciiValue!, count: 30_000)))
        }
        done.withLock { $0 += 1 }
      }
    }
    var data = Data()
    while data.count < 80 * 30_001 { data.append(pipe.fileHandleForReading.availableData) }
    #expect(eventually { done.withLock { $0 == 4 } })
    let lines = data.split(separator: 0x0A)
    #expect(lines.count == 80 && lines.allSatisfy { $0.count == 30_000 && Set($0).count == 1 })
  }

  @Test("a client that doesn't read can't keep the bridge from ending")
  func unreadAtTheEnd() throws {
    let text = String(repeating: "x", count: 1 << 20)
    let server = try BridgeServer { _, answer in
      answer.send(200, BridgeStage.result(1, "\"\(text)\""))
    }
    let stage = try BridgeStage(server.url, grace: 0.2, reads: false)
    stage.say(BridgeStage.call(1))
    #expect(eventually { server.requests.count == 1 })
    stage.stop()
    #expect(eventually { stage.isOver })
  }

  @Test("nor can it while it is told what was wrong with its lines")
  func unreadRefusals() throws {
    let stage = try BridgeStage("http://127.0.0.1:9/mcp", grace: 0.2, reads: false)
    Thread.detachNewThread { for _ in 1...2000 { stage.say("broken") } }
    #expect(eventually { stage.isOutputFull })
    stage.stop()
    #expect(eventually { stage.isOver })
  }

  @Test(
    "of answers that a client doesn't take, most are left at the server", arguments: [false, true])
  func unreadAnswers(inEvents: Bool) throws {
    let (count, size) = (8, 8 << 20)
    let text = String(repeating: "x", count: size)
    let sent = Mutex(0)
    let server = try BridgeServer { request, answer in
      guard request.says("large") else { return answer.send(200, BridgeStage.result(0)) }
      let id = Int(request.body.dropFirst(22).prefix { $0.isNumber }) ?? 0
      let body = BridgeStage.result(id, "\"\(text)\"")
      if inEvents {
        answer.beginStream()
        answer.raw("data: \(body)\n\n")
      } else {
        answer.send(200, body)
      }
      sent.withLock { $0 += 1 }
    }
    let stage = try BridgeStage(server.url, reads: false)
    for id in 1...count { stage.say(BridgeStage.call(id, "large")) }
    #expect(eventually(within: 60) { stage.isOutputFull })
    stage.say(BridgeStage.cancel(count))
    #expect(eventually { !server.requests(saying: "cancelled").isEmpty })
    // What is read in spite of it is read by then.
    var before = -1
    while before != sent.withLock({ $0 }) {
      before = sent.withLock { $0 }
      usleep(500_000)
    }
    // Four, and one in the place of the one that was cancelled.
    #expect(before <= 5)
    stage.readOutput()
    #expect(eventually(within: 60) { stage.byteCount >= (count - 1) * size })
    #expect(stage.end())
  }

  @Test("a server that doesn't answer the goodbye can't either")
  func unansweredGoodbye() throws {
    let server = try BridgeServer { request, answer in
      if request.method == "DELETE" { return answer.waitForEnd() }
      answer.send(
        200, BridgeStage.result(0, #"{"protocolVersion":"1"}"#), headers: ["Mcp-Session-Id: s"])
    }
    let stage = try BridgeStage(server.url)
    stage.say(BridgeStage.initialize)
    _ = try #require(stage.line(with: "protocolVersion"))
    stage.closeInput()
    #expect(eventually(within: 8) { stage.isOver })
    #expect(server.goodbyes.count == 1)
  }

  @Test("a client that doesn't read is waited for only so long")
  func fullPipe() {
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    let output = OutputLines(descriptor, patience: 0.2)
    #expect(!output.write(Array(repeating: 0x20, count: 1 << 20)))
    #expect(output.isClosed && !output.write([0x20]))
    withExtendedLifetime(pipe) {}
  }

  @Test("nothing is written once the output is closed, not even by who waits for it")
  func closeWhileWaiting() {
    let pipe = Pipe()
    let output = OutputLines(pipe.fileHandleForWriting.fileDescriptor)
    let outcome = Mutex<Bool?>(nil)
    Thread.detachNewThread {
      let isWritten = output.write(Array(repeating: 0x20, count: 1 << 20))
      outcome.withLock { $0 = isWritten }
    }
    var waiting = pollfd(
      fd: pipe.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
    #expect(poll(&waiting, 1, 10_000) == 1)
    output.close()
    #expect(eventually { outcome.withLock { $0 } == false })
    withExtendedLifetime(pipe) {}
  }
}
