import Foundation
import OAuth
import TestSupport
import Testing

@testable import Serving

@Suite("A token that X refuses")
struct ProxyRepetitionTests {
  /// Refuses the first token, and tells of the other what came with it.
  private func standIn(refusal: String = "refused") throws -> StandIn {
    try StandIn { connection, head in
      let body = connection.body(of: head)
      if head.field("authorization") == "Bearer token-1" {
        connection.answer(401, refusal, ["X-Refusal: 1"])
      } else {
        connection.answer(200, "\(head.field("authorization") ?? "") \(body.count)")
      }
      return true
    }
  }

  @Test("is replaced once, and the client sees nothing of it")
  func repeats() throws {
    let standIn = try standIn()
    let tokens = ScriptedTokens(successors: ["token-1": "token-2"])
    let proxy = try RunningProxy(to: standIn.url, tokens)
    let peer = try proxy.connect()
    peer.send(proxy.request("/2/x"))
    #expect(peer.read(until: "token-2").hasPrefix("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n"))
    let body = String(repeating: "a", count: RequestBody.copyLimit)
    peer.send(proxy.request("/2/x", method: "POST", body: body))
    #expect(peer.read(until: "token-2 65536").hasPrefix("HTTP/1.1 200"))
    peer.send(
      proxy.request("/2/x", method: "POST", ["Transfer-Encoding: chunked", "Connection: close"])
        + "3\r\nabc\r\n0\r\n\r\n")
    #expect(peer.readToEnd().hasSuffix("Bearer token-2 3"))
    #expect(tokens.refused == ["token-1", "token-1", "token-1"])
    #expect(standIn.heads.count == 6)
    #expect(standIn.heads.last?.field("content-length") == "3")
  }

  @Test("is passed on when there is no other, or the same")
  func passesOn() throws {
    let standIn = try standIn()
    for successors in [[:], ["token-1": "token-1"]] {
      let tokens = ScriptedTokens(successors: successors)
      let answer = try RunningProxy(to: standIn.url, tokens).answer("/2/x")
      #expect(answer.hasPrefix("HTTP/1.1 401 Unauthorized\r\nX-Refusal: 1\r\n"))
      #expect(answer.hasSuffix("\r\n\r\nrefused"))
      #expect(tokens.refused == ["token-1"])
    }
    #expect(standIn.heads.count == 2)
  }

  @Test("is passed on when its successor is refused too")
  func onceOnly() throws {
    let standIn = try StandIn { connection, head in
      connection.answer(401, head.field("authorization") ?? "")
      return true
    }
    let tokens = ScriptedTokens(successors: ["token-1": "token-2", "token-2": "token-3"])
    let answer = try RunningProxy(to: standIn.url, tokens).answer("/2/x")
    #expect(answer.hasPrefix("HTTP/1.1 401 "))
    #expect(answer.hasSuffix("Bearer token-2"))
    #expect(tokens.refused == ["token-1"])
    #expect(standIn.heads.count == 2)
  }

  @Test("is passed on where the body of the request isn't there any more")
  func largeBody() throws {
    let standIn = try standIn()
    let tokens = ScriptedTokens(successors: ["token-1": "token-2"])
    let proxy = try RunningProxy(to: standIn.url, tokens)
    let body = String(repeating: "a", count: RequestBody.copyLimit + 1)
    #expect(try proxy.answer("/2/x", method: "POST", body: body).hasPrefix("HTTP/1.1 401 "))
    #expect(tokens.refused == [])
    #expect(standIn.heads.count == 1)
  }

  @Test("is passed on with an answer that is too long to be kept")
  func largeAnswer() throws {
    let refusal = String(repeating: "r", count: 100 << 10)
    let standIn = try standIn(refusal: refusal)
    let tokens = ScriptedTokens(successors: ["token-1": "token-2"])
    let answer = try RunningProxy(to: standIn.url, tokens).answer("/2/x")
    #expect(answer.hasPrefix("HTTP/1.1 401 "))
    #expect(answer.hasSuffix("\r\n\r\n\(refusal)"))
    #expect(tokens.refused == [])
  }

  @Test("is passed on at once where X doesn't wait for the body, and ends the connection")
  func earlyAnswer() throws {
    let standIn = try StandIn { connection, _ in
      connection.answer(401, "early", ["Connection: close"])
      return !connection.isHungUp()
    }
    let tokens = ScriptedTokens(successors: ["token-1": "token-2"])
    let proxy = try RunningProxy(to: standIn.url, tokens)
    let peer = try proxy.connect()
    peer.send(proxy.request("/2/x", method: "POST", ["Content-Length: \(1 << 30)"]))
    let piece = [UInt8](repeating: 0x61, count: 1 << 20)
    var sent = 0
    while sent < 1 << 10, peer.send(piece) { sent += 1 }
    #expect(sent < 1 << 10)
    let answer = peer.readToEnd()
    #expect(answer.hasPrefix("HTTP/1.1 401 "))
    #expect(answer.contains("\r\nConnection: close\r\n"))
    #expect(tokens.refused == [])
  }
}
