import Foundation
import Serving
import Synchronization
import TestSupport
import Testing

@Suite("Bridge")
struct BridgeTests {
  @Test("a message is one POST of its own bytes, with the token, and the answer is a line")
  func forwards() throws {
    let server = try BridgeServer { _, answer in
      answer.send(200, "{\"jsonrpc\":\"2.0\",\r\n \"id\": \"\\u0061/1\",\n \"result\": {}}")
    }
    let stage = try BridgeStage(server.url)
    let message = #" {"jsonrpc":"2.0",  "id":"a\/1", "method":"ping", "x":1.50e0} "#
    stage.say(message + "\r")
    #expect(
      stage.line(with: "result")
        == "{\"jsonrpc\":\"2.0\",   \"id\": \"\\u0061/1\",  \"result\": {}}")
    let request = try #require(server.requests.first)
    #expect(request.method == "POST" && request.body == message)
    #expect(request.headers["accept"] == "application/json, text/event-stream")
    #expect(request.headers["content-type"] == "application/json")
    #expect(request.headers["authorization"] == "Bearer t0")
    #expect(request.headers["mcp-session-id"] == nil)
    #expect(request.headers["mcp-protocol-version"] == nil)
    #expect(stage.end())
    #expect(stage.lines.count == 1 && server.requests.count == 1)
  }

  @Test("what was agreed on with initialize goes with all that follows, and the session is ended")
  func session() throws {
    let server = try BridgeServer.withSessions { _, answer in
      answer.send(200, BridgeStage.result(1))
    }
    let stage = try BridgeStage(server.url)
    try stage.greet()
    stage.say(BridgeStage.call(1))
    _ = try #require(stage.line(with: #""id":1"#))
    #expect(stage.end())
    let first = try #require(server.requests.first)
    #expect(first.headers["mcp-session-id"] == nil && first.headers["mcp-protocol-version"] == nil)
    for request in server.requests.dropFirst() {
      #expect(request.headers["mcp-session-id"] == "s1", "\(request.method) \(request.body)")
      #expect(request.headers["mcp-protocol-version"] == "2025-06-18")
    }
    #expect(server.goodbyes.map { $0.headers["authorization"] } == ["Bearer t0"])
  }

  @Test("notifications and answers get no line when they are taken")
  func silent() throws {
    let server = try BridgeServer { _, answer in answer.send(202) }
    let stage = try BridgeStage(server.url)
    stage.say(#"{"jsonrpc":"2.0","method":"notifications/progress"}"#)
    stage.say(#"{"jsonrpc":"2.0","id":7,"result":{}}"#)
    #expect(eventually { server.requests.count == 2 })
    #expect(stage.end())
    #expect(stage.text.isEmpty && stage.noted.isEmpty)
  }

  @Test("a stream's messages are lines at once, and its response ends the request")
  func stream() throws {
    let goOn = Mutex(false)
    let server = try BridgeServer { _, answer in
      answer.beginStream()
      answer.raw(
        ": hello\n\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\ndata: \"method\":\"n\"}\n\n")
      _ = eventually { goOn.withLock { $0 } }
      answer.raw("data: {\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"sampling\"}\r\n\r\n")
      answer.raw("event: other\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"no\"}\n\n")
      answer.raw("data: \(BridgeStage.result(1))\n\n")
    }
    let stage = try BridgeStage(server.url)
    stage.say(BridgeStage.call(1))
    #expect(stage.line(with: "method") == #"{"jsonrpc":"2.0", "method":"n"}"#)
    goOn.withLock { $0 = true }
    #expect(stage.line(with: "result") == BridgeStage.result(1))
    #expect(stage.end())
    #expect(stage.lines.count == 3 && stage.lines[1].contains("sampling"))
  }

  @Test("a batch is one POST, whose answers may come together or one by one")
  func batch() throws {
    let server = try BridgeServer { request, answer in
      if request.says("together") {
        return answer.send(200, "[\(BridgeStage.result(1)),\n\(BridgeStage.result(2))]")
      }
      answer.beginStream()
      answer.raw("data: \(BridgeStage.result(3))\n\n")
    }
    let stage = try BridgeStage(server.url)
    stage.say("[\(BridgeStage.call(1, "together")),\(BridgeStage.call(2))]")
    #expect(
      stage.line(with: #""id":2"#) == "[\(BridgeStage.result(1)), \(BridgeStage.result(2))]")
    stage.say("[\(BridgeStage.call(3)),\(BridgeStage.call(4))]")
    #expect(stage.line(with: #""id":4"#)?.contains("error") == true)
    #expect(stage.line(with: #""id":3"#) == BridgeStage.result(3))
    #expect(stage.end())
    #expect(server.requests.count == 2)
  }

  @Test("requests in flight don't wait for each other")
  func concurrent() throws {
    let arrived = Mutex(0)
    let server = try BridgeServer { request, answer in
      arrived.withLock { $0 += 1 }
      _ = eventually { arrived.withLock { $0 == 20 } }
      let id = Int(request.body.dropFirst(22).prefix { $0.isNumber }) ?? 0
      answer.send(200, BridgeStage.result(id))
    }
    let stage = try BridgeStage(server.url)
    for id in 1...20 { stage.say(BridgeStage.call(id)) }
    #expect(eventually { stage.lines.count == 20 })
    #expect(stage.lines.allSatisfy { $0.contains("result") })
    #expect(arrived.withLock { $0 } == 20)
    #expect(stage.end())
  }

  @Test("at most 64 requests are under way, and notifications pass those that wait")
  func limit() throws {
    let isOpen = Mutex(false)
    let server = try BridgeServer { request, answer in
      guard request.says("\"id\"") else { return answer.send(202) }
      _ = eventually { isOpen.withLock { $0 } }
      let id = Int(request.body.dropFirst(22).prefix { $0.isNumber }) ?? 0
      answer.send(200, BridgeStage.result(id))
    }
    let stage = try BridgeStage(server.url)
    for id in 1...70 { stage.say(BridgeStage.call(id)) }
    #expect(eventually { server.requests.count == 64 })
    for name in ["n1", "n2", "n3"] { stage.say(#"{"jsonrpc":"2.0","method":"\#(name)"}"#) }
    #expect(eventually { server.requests(saying: "n3").count == 1 })
    let notifications = server.requests.filter { !$0.says("\"id\"") }.map {
      String($0.body.suffix(5))
    }
    #expect(notifications == ["n1\"}", "n2\"}", "n3\"}"].map { "\"" + $0 })
    #expect(server.requests.count == 67)
    isOpen.withLock { $0 = true }
    #expect(eventually { stage.lines.count == 70 })
    #expect(stage.lines.allSatisfy { $0.contains("result") })
    #expect(stage.end())
  }

  @Test("nothing passes initialize, and no request passes notifications/initialized")
  func order() throws {
    let steps = Mutex<[String]>([])
    let server = try BridgeServer { request, answer in
      let name =
        request.says("\"initialize\"")
        ? "initialize" : request.says("initialized") ? "initialized" : "call"
      steps.withLock { $0.append(name) }
      // Long enough for what is not held back to come first.
      if name != "call" { usleep(200_000) }
      steps.withLock { $0.append("\(name) answered") }
      switch name {
      case "initialize": answer.send(200, BridgeStage.result(0, #"{"protocolVersion":"1"}"#))
      case "initialized": answer.send(202)
      default: answer.send(200, BridgeStage.result(1))
      }
    }
    let stage = try BridgeStage(server.url)
    stage.write(
      [BridgeStage.initialize, BridgeStage.initialized, BridgeStage.call(1)].joined(separator: "\n")
        + "\n")
    #expect(stage.line(with: #""id":1"#) != nil)
    #expect(
      steps.withLock { $0.filter { $0 != "call answered" } }.prefix(5) == [
        "initialize", "initialize answered", "initialized", "initialized answered", "call",
      ])
    #expect(stage.end())
  }

  @Test("a request that is cancelled before it is sent is never sent, and has no answer")
  func cancelledBefore() throws {
    let isOpen = Mutex(false)
    let server = try BridgeServer { request, answer in
      if request.says("initialize") { _ = eventually { isOpen.withLock { $0 } } }
      answer.send(
        200, request.says("initialize") ? BridgeStage.result(0, "{}") : BridgeStage.result(2))
    }
    let stage = try BridgeStage(server.url)
    stage.say(BridgeStage.initialize)
    stage.say(BridgeStage.call(1, "never"))
    stage.say(BridgeStage.cancel(1))
    stage.say(BridgeStage.call(2))
    #expect(eventually { server.requests.count == 1 })
    isOpen.withLock { $0 = true }
    #expect(stage.line(with: #""id":2"#) != nil)
    #expect(stage.end())
    #expect(
      server.requests(saying: "never").isEmpty && server.requests(saying: "cancelled").isEmpty)
    #expect(stage.lines.count == 2)
  }

  @Test("what is cancelled of a batch that waits is left out of it, also by a batch")
  func cancelledInBatch() throws {
    let isOpen = Mutex(false)
    let server = try BridgeServer { request, answer in
      if request.says("initialize") {
        _ = eventually { isOpen.withLock { $0 } }
        return answer.send(200, BridgeStage.result(0, "{}"))
      }
      answer.send(request.says("\"id\"") ? 200 : 202, "[\(BridgeStage.result(2))]")
    }
    let stage = try BridgeStage(server.url)
    let progress = #"{"jsonrpc":"2.0","method":"notifications/progress"}"#
    stage.say(BridgeStage.initialize)
    stage.say("[\(BridgeStage.call(1, "never")),\(BridgeStage.call(2)), \(BridgeStage.call(3))]")
    stage.say("[\(BridgeStage.call(4, "never")),\(BridgeStage.call(5, "never"))]")
    stage.say(BridgeStage.cancel(1))
    stage.say("[\([3, 4, 5].map(BridgeStage.cancel).joined(separator: ",")), \(progress)]")
    stage.say("[\(BridgeStage.call(6, "never")),\(BridgeStage.cancel(6))]")
    // Once this has its answer, all of the above was read.
    stage.say("broken")
    _ = try #require(stage.line(with: "-32700"))
    isOpen.withLock { $0 = true }
    #expect(stage.line(with: #""id":2"#) == "[\(BridgeStage.result(2))]")
    #expect(stage.end())
    #expect(stage.lines.count == 3)
    #expect(
      Set(server.requests.dropFirst().map(\.body)) == ["[\(BridgeStage.call(2))]", "[\(progress)]"])
  }

  @Test("a batch of cancellations reaches the server at once, each by itself")
  func cancellationsInBatch() throws {
    let cancelled = Mutex(0)
    let server = try BridgeServer { request, answer in
      if request.says("cancelled") {
        cancelled.withLock { $0 += 1 }
      } else {
        _ = eventually(within: 30) { cancelled.withLock { $0 == 2 } }
      }
      answer.send(request.says("\"id\"") ? 500 : 202)
    }
    let stage = try BridgeStage(server.url)
    stage.say("[\(BridgeStage.call(1)),\(BridgeStage.call(2))]")
    stage.say(#"{"jsonrpc":"2.0","method":"notifications/progress"}"#)
    #expect(eventually { server.requests.count == 2 })
    stage.say("[\(BridgeStage.cancel(1)),\(BridgeStage.cancel(2))]")
    #expect(eventually { cancelled.withLock { $0 == 2 } })
    #expect(stage.end())
    #expect(
      Set(server.requests(saying: "cancelled").map(\.body)) == [
        BridgeStage.cancel(1), BridgeStage.cancel(2),
      ])
    #expect(stage.text.isEmpty)
  }

  @Test("a request that is cancelled under way is cancelled at the server, and has no answer")
  func cancelledUnderWay() throws {
    let isCancelled = Mutex(false)
    let server = try BridgeServer { request, answer in
      if request.says("cancelled") {
        isCancelled.withLock { $0 = true }
        return answer.send(202)
      }
      _ = eventually { isCancelled.withLock { $0 } }
      answer.send(200, BridgeStage.result(1))
    }
    let stage = try BridgeStage(server.url)
    stage.say(BridgeStage.call(1))
    #expect(eventually { server.requests.count == 1 })
    stage.say(BridgeStage.cancel(1))
    #expect(eventually { server.requests.count == 2 })
    #expect(stage.end())
    #expect(stage.text.isEmpty)
  }

  @Test("a cancellation doesn't wait for a notification that the server is slow to take")
  func cancelledPastNotification() throws {
    let isCancelled = Mutex(false)
    let server = try BridgeServer { request, answer in
      if request.says("cancelled") {
        isCancelled.withLock { $0 = true }
      } else {
        _ = eventually(within: 30) { isCancelled.withLock { $0 } }
      }
      answer.send(request.says("progress") || request.says("cancelled") ? 202 : 500)
    }
    let stage = try BridgeStage(server.url)
    stage.say(BridgeStage.call(1))
    #expect(eventually { server.requests.count == 1 })
    stage.say(#"{"jsonrpc":"2.0","method":"notifications/progress"}"#)
    #expect(eventually { server.requests.count == 2 })
    stage.say(BridgeStage.cancel(1))
    #expect(eventually { isCancelled.withLock { $0 } })
    #expect(stage.end())
    #expect(server.requests.count == 3 && stage.text.isEmpty)
  }

  @Test("an id has one answer, whatever the server sends")
  func oneAnswer() throws {
    let server = try BridgeServer { request, answer in
      answer.beginStream()
      for _ in 1...3 { answer.raw("data: \(BridgeStage.result(1))\n\n") }
      answer.raw("data: \(BridgeStage.result(99))\n\n")
    }
    let stage = try BridgeStage(server.url)
    stage.say(BridgeStage.call(1))
    #expect(stage.line(with: "result") != nil)
    #expect(stage.end())
    #expect(stage.lines == [BridgeStage.result(1)])
  }

  @Test("the probe of a client that knows a later revision is answered so that it falls back")
  func discover() throws {
    let server = try BridgeServer { _, answer in answer.send(500) }
    let stage = try BridgeStage(server.url)
    stage.say(#"{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{}}"#)
    #expect(stage.line(with: #""id":1"#)?.contains("-32601") == true)
    #expect(stage.end())
    #expect(server.requests.isEmpty)
  }
}
