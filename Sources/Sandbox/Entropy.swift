/// Where random bytes come from: the number wanted in, as many bytes out.
typealias Entropy = (_ count: Int) -> [UInt8]

/// Random bytes from the kernel: on Linux the standard library's generator is getrandom(2).
func systemEntropy(_ count: Int) -> [UInt8] {
  var generator = SystemRandomNumberGenerator()
  return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}
