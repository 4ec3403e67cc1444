import Foundation
import Serving
import Synchronization
import TestSupport
import Testing

@Suite("Bridge: streams")
struct BridgeStreamTests {
  @Test("a stream that ends before its response is read on after its last event")
  func resumed() throws {
    let server = try BridgeServer { request, answer in
      answer.beginStream()
      switch request.headers["last-event-id"] {
      case nil: answer.raw("retry: 20\nid: 5/a\ndata:\n\nid: 6\ndata: cut off")
      case "5/a": answer.raw("id: 7\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"n\"}\n\n")
      default: answer.raw("data: \(BridgeStage.result(1))\n\n")
      }
    }
    let stage = try BridgeStage(server.url)
    stage.say(BridgeStage.call(1))
    #expect(stage.line(with: #""id":1"#) == BridgeStage.result(1))
    #expect(stage.end())
    #expect(server.requests.map(\.method) == ["POST", "GET", "GET"])
    #expect(server.requests.map { $0.headers["last-event-id"] } == [nil, "5/a", "7"])
    #expect(server.requests[1].headers["accept"] == "text/event-stream")
    #expect(stage.lines.count == 2)
  }

  @Test(
    "a stream that can't be read on is an error that says what may have happened",
    arguments: [
      "data: {\"jsonrpc\":\"2.0\",\"method\":\"n\"}\n\n", "retry: 10\nid: 5\ndata:\n\n",
    ])
  func notResumed(events: String) throws {
    let server = try BridgeServer { request, answer in
      if request.method == "GET" { return answer.send(405) }
      answer.beginStream()
      answer.raw(events)
    }
    let stage = try BridgeStage(server.url)
    stage.say(BridgeStage.call(1))
    let line = try #require(stage.line(with: #""id":1"#))
    #expect(line.contains("it may have been carried out; it was not sent again"))
    #expect(stage.end())
    #expect(server.requests.filter { $0.method == "POST" }.count == 1)
  }

  @Test("a stream that goes on after its response is left")
  func endless() throws {
    let server = try BridgeServer { request, answer in
      answer.beginStream()
      answer.raw("data: \(BridgeStage.result(1))\n\n")
      answer.waitForEnd()
    }
    let stage = try BridgeStage(server.url)
    stage.say(BridgeStage.call(1))
    #expect(stage.line(with: #""id":1"#) != nil)
    #expect(stage.end())
  }

  @Test("the server's own stream is opened once the session is, and again after its last event")
  func standing() throws {
    let server = try BridgeServer { request, answer in
      if request.says("\"initialize\"") {
        return answer.send(
          200, BridgeStage.result(0, #"{"protocolVersion":"2025-11-25"}"#),
          headers: ["Mcp-Session-Id: s1"])
      }
      guard request.method == "GET" else { return answer.send(202) }
      switch request.headers["last-event-id"] {
      case nil:
        answer.beginStream()
        answer.raw(
          "retry: 20\nid: 1\ndata: {\"jsonrpc\":\"2.0\",\"id\":\"q1\",\"method\":\"roots/list\"}\n\n"
        )
      case "1":
        answer.beginStream()
        answer.raw("id: 2\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"n2\"}\n\n")
      default: answer.send(405)
      }
    }
    let stage = try BridgeStage(server.url)
    try stage.greet()
    #expect(stage.line(with: "roots/list") == #"{"jsonrpc":"2.0","id":"q1","method":"roots/list"}"#)
    #expect(stage.line(with: "n2") != nil)
    stage.say(#"{"jsonrpc":"2.0","id":"q1","result":{"roots":[]}}"#)
    #expect(eventually { server.requests.contains { $0.says("roots") } })
    let streams = { server.requests.filter { $0.method == "GET" } }
    #expect(eventually { streams().count == 3 })
    #expect(streams().allSatisfy { $0.headers["mcp-session-id"] == "s1" })
    #expect(streams()[0].headers["accept"] == "text/event-stream")
    #expect(stage.end())
    #expect(streams().count == 3 && stage.noted.isEmpty)
  }

  @Test("a server's own stream that can't be opened is tried again, with one note")
  func standingRefused() throws {
    let tries = Mutex(0)
    let server = try BridgeServer { request, answer in
      guard request.method == "GET" else {
        return answer.send(
          request.says("\"id\"") ? 200 : 202, BridgeStage.result(0, #"{"protocolVersion":"1"}"#))
      }
      let number = tries.withLock { count in
        count += 1
        return count
      }
      guard number == 2 else { return answer.send(409) }
      answer.beginStream()
      answer.raw("data: {\"jsonrpc\":\"2.0\",\"method\":\"at last\"}\n\n")
      answer.waitForEnd()
    }
    let stage = try BridgeStage(server.url)
    try stage.greet()
    #expect(stage.line(with: "at last") != nil)
    #expect(stage.end())
    #expect(stage.noted == ["can't listen to the server: the server answered HTTP 409"])
  }

  @Test("the server's own stream moves on to a new session")
  func standingInNewSession() throws {
    let isLost = Mutex(false)
    let greetings = Mutex(0)
    let server = try BridgeServer { request, answer in
      if request.says("\"initialize\"") {
        let number = greetings.withLock { count in
          count += 1
          return count
        }
        return answer.send(
          200, BridgeStage.result(0, "{}"), headers: ["Mcp-Session-Id: s\(number)"])
      }
      let session = request.headers["mcp-session-id"]
      if request.method == "GET" {
        answer.beginStream()
        answer.raw("data: {\"jsonrpc\":\"2.0\",\"method\":\"in-\(session ?? "")\"}\n\n")
        return answer.waitForEnd()
      }
      guard request.says("\"id\"") else { return answer.send(202) }
      answer.send(isLost.withLock { $0 } && session == "s1" ? 404 : 200, BridgeStage.result(1))
    }
    let stage = try BridgeStage(server.url)
    stage.say(BridgeStage.initialize)
    _ = try #require(stage.line(with: #""id":0"#))
    stage.say(BridgeStage.initialized)
    #expect(stage.line(with: "in-s1") != nil)
    isLost.withLock { $0 = true }
    stage.say(BridgeStage.call(1))
    #expect(stage.line(with: #""id":1"#) != nil)
    #expect(stage.line(with: "in-s2") != nil)
    #expect(stage.end())
  }
}
