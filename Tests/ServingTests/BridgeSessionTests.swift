import Foundation
import Serving
import Synchronization
import TestSupport
import Testing

@Suite("Bridge: session and token")
struct BridgeSessionTests {
  @Test(
    "a lost session is opened again with the client's own first message, and only then is it sent again",
    arguments: [(404, ""), (400, "Bad Request: No valid session ID provided")])
  func lostSession(status: Int, body: String) throws {
    let server = try BridgeServer.withSessions { request, answer in
      guard request.headers["mcp-session-id"] == "s2" else {
        return answer.send(status, body, type: "text/plain")
      }
      answer.send(200, BridgeStage.result(1))
    }
    let stage = try BridgeStage(server.url)
    try stage.greet()
    #expect(eventually { server.requests.contains { $0.says("initialized") } })
    stage.say(BridgeStage.call(1))
    #expect(stage.line(with: #""id":1"#) == BridgeStage.result(1))
    let greetings = server.requests(saying: "\"initialize\"")
    #expect(greetings.map(\.body) == [BridgeStage.initialize, BridgeStage.initialize])
    #expect(greetings[1].headers["mcp-session-id"] == nil)
    let confirmations = server.requests(saying: "initialized").map { $0.headers["mcp-session-id"] }
    #expect(confirmations == ["s1", "s2"])
    #expect(server.requests(saying: "tools/call").count == 2)
    #expect(stage.end())
    #expect(stage.lines.count == 2, "the second handshake is the bridge's own")
    #expect(server.goodbyes.map { $0.headers["mcp-session-id"] } == ["s2"])
  }

  @Test("one thread opens a lost session for all")
  func sharedRenewal() throws {
    let arrived = Mutex(0)
    let server = try BridgeServer.withSessions { request, answer in
      guard request.headers["mcp-session-id"] == "s2" else {
        arrived.withLock { $0 += 1 }
        _ = eventually { arrived.withLock { $0 >= 12 } }
        return answer.send(404)
      }
      let id = Int(request.body.dropFirst(22).prefix { $0.isNumber }) ?? 0
      answer.send(200, BridgeStage.result(id))
    }
    let stage = try BridgeStage(server.url)
    try stage.greet()
    for id in 1...12 { stage.say(BridgeStage.call(id)) }
    #expect(eventually { stage.lines.count == 13 })
    #expect(stage.lines.allSatisfy { $0.contains("result") })
    #expect(server.requests(saying: "\"initialize\"").count == 2)
    #expect(stage.end())
  }

  @Test("a session that can't be opened again is an error, and the next message tries once more")
  func lostForGood() throws {
    let greetings = Mutex(0)
    let server = try BridgeServer { request, answer in
      if request.says("\"initialize\"") {
        let number = greetings.withLock { count in
          count += 1
          return count
        }
        if number == 2 { return answer.send(503) }
        return answer.send(
          200, BridgeStage.result(0, #"{"protocolVersion":"2025-06-18"}"#),
          headers: ["Mcp-Session-Id: s\(number)"])
      }
      guard request.says("\"id\"") else { return answer.send(202) }
      guard request.headers["mcp-session-id"] == "s3" else { return answer.send(404) }
      answer.send(200, BridgeStage.result(2))
    }
    let stage = try BridgeStage(server.url)
    try stage.greet()
    stage.say(BridgeStage.call(1))
    let line = try #require(stage.line(with: #""id":1"#))
    #expect(line.contains("HTTP 404") && !line.contains("may have been"))
    stage.say(BridgeStage.call(2))
    #expect(stage.line(with: #""id":2"#) == BridgeStage.result(2))
    #expect(stage.end())
  }

  @Test("404 for a method that the server doesn't have is no lost session")
  func unknownMethod() throws {
    let error = #"{"code":-32601,"message":"no such method"}"#
    let server = try BridgeServer.withSessions { _, answer in
      answer.send(404, #"{"jsonrpc":"2.0","id":1,"error":\#(error)}"#)
    }
    let stage = try BridgeStage(server.url)
    try stage.greet()
    stage.say(BridgeStage.call(1))
    #expect(stage.line(with: #""id":1"#)?.contains(error) == true)
    #expect(stage.end())
    #expect(server.requests(saying: "\"initialize\"").count == 1)
  }

  @Test("a client may open its session anew while the first one is still being confirmed")
  func twoHandshakes() throws {
    let count = Mutex(0)
    let server = try BridgeServer { request, answer in
      guard request.says("\"initialize\"") else {
        return answer.send(request.says("\"id\"") ? 200 : 202, BridgeStage.result(1))
      }
      let number = count.withLock { count in
        count += 1
        return count
      }
      let id = request.says("second") ? "\"second\"" : "0"
      answer.send(
        200, #"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#, headers: ["Mcp-Session-Id: s\(number)"])
    }
    let stage = try BridgeStage(server.url)
    let again = BridgeStage.initialize.replacing(#""id":0"#, with: #""id":"second""#)
    stage.write(
      [BridgeStage.initialize, BridgeStage.initialized, BridgeStage.call(1), again]
        .map { $0 + "\n" }.joined())
    #expect(stage.line(with: #""id":"second""#) != nil)
    #expect(stage.line(with: #""id":1"#) == BridgeStage.result(1))
    #expect(stage.end())
    #expect(server.goodbyes.map { $0.headers["mcp-session-id"] } == ["s2"])
  }

  @Test("404 without a session is an error")
  func notFound() throws {
    let server = try BridgeServer { _, answer in answer.send(404) }
    let stage = try BridgeStage(server.url)
    stage.say(BridgeStage.call(1))
    #expect(stage.line(with: #""id":1"#)?.contains("HTTP 404") == true)
    #expect(stage.end())
    #expect(server.requests.count == 1)
  }

  @Test("a refused token is followed by the next one, once")
  func refusedToken() throws {
    let server = try BridgeServer { request, answer in
      answer.send(
        request.headers["authorization"] == "Bearer t1" ? 200 : 401, BridgeStage.result(1))
    }
    let tokens = DealtTokens("t0", "t1")
    let stage = try BridgeStage(server.url, tokens: tokens)
    stage.say(BridgeStage.call(1))
    #expect(stage.line(with: #""id":1"#) == BridgeStage.result(1))
    #expect(stage.end())
    #expect(server.requests.map { $0.headers["authorization"] } == ["Bearer t0", "Bearer t1"])
  }

  @Test("a token that is refused with no better one, or again, is an error", arguments: [1, 3])
  func refusedTokens(count: Int) throws {
    let server = try BridgeServer { _, answer in answer.send(401, #"{"detail":"expired"}"#) }
    let tokens = count == 1 ? DealtTokens("t0") : DealtTokens("t0", "t1", "t2")
    let stage = try BridgeStage(server.url, tokens: tokens)
    stage.say(BridgeStage.call(1))
    #expect(stage.line(with: #""id":1"#)?.contains(#"HTTP 401: \"expired\""#) == true)
    #expect(stage.end())
    #expect(server.requests.count == min(count, 2) && tokens.refusals == 1)
  }

  @Test("without a token the handshake is answered with what to do, and a later one tries again")
  func noToken() throws {
    let server = try BridgeServer.withSessions { _, answer in
      answer.send(200, BridgeStage.result(1))
    }
    let tokens = DealtTokens("t0", lack: NoToken("log in: x-auth login", retryAfter: nil))
    let stage = try BridgeStage(server.url, tokens: tokens)
    stage.say(BridgeStage.initialize)
    let line = try #require(stage.line(with: "error"))
    #expect(line.contains(#""id":0"#) && line.contains("log in: x-auth login"))
    #expect(server.requests.isEmpty)
    stage.say(#"{"jsonrpc":"2.0","method":"n"}"#)
    #expect(eventually { stage.noted.contains { $0.contains("log in: x-auth login") } })
    tokens.heal()
    try stage.greet()
    stage.say(BridgeStage.call(1))
    #expect(stage.line(with: #""id":1"#) == BridgeStage.result(1))
    #expect(stage.end())
  }
}
