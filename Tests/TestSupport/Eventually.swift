import Foundation

/// Waits until `condition` holds, at most `seconds`; says whether it came to hold.
///
/// Every wait of the tests is one of these: on a condition, with a deadline.
public func eventually(within seconds: Double = 10, _ condition: () -> Bool) -> Bool {
  let deadline = DispatchTime.now() + seconds
  while !condition() {
    if DispatchTime.now() > deadline { return false }
    usleep(2_000)
  }
  return true
}
