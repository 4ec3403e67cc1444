import Foundation
import Testing

/// Runs `body` as another user, on a thread of its own: the kernel keeps credentials by thread, and
/// only glibc's wrappers spread them to all. The other tests stay root.
func asUser(
  _ user: UInt32, group: UInt32? = nil, _ body: @escaping @Sendable () throws -> Void
) throws {
  let call = try #require(dlsym(nil, "syscall"), "no syscall(2)")
  typealias Call = @convention(c) (Int, Int, Int, Int) -> Int
  let system = unsafeBitCast(call, to: Call.self)
  #if arch(x86_64)
    let (setresuid, setresgid, setgroups) = (117, 119, 116)
  #else
    let (setresuid, setresgid, setgroups) = (147, 149, 159)
  #endif
  let done = DispatchSemaphore(value: 0)
  nonisolated(unsafe) var result: Result<Void, any Error> = .success(())
  Thread.detachNewThread {
    let id = Int(group ?? user)
    if system(setgroups, 0, 0, 0) == 0, system(setresgid, id, id, id) == 0,
      system(setresuid, Int(user), Int(user), Int(user)) == 0, geteuid() == user
    {
      result = Result { try body() }
    } else {
      result = .failure(CannotBecome(user: user))
    }
    done.signal()
  }
  done.wait()
  try result.get()
}

struct CannotBecome: Error { let user: UInt32 }

/// A user that owns nothing and has no home (Debian's `nobody`).
let nobody: UInt32 = 65534
/// A user that the password database doesn't know.
let stranger: UInt32 = 54321
