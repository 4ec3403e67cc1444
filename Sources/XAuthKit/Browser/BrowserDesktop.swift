extension BrowserChoice {
  /// The kind of system whose opener is asked.
  enum Desktop: Equatable, Sendable {
    /// X11 or Wayland.
    case linux
    /// Linux under Windows: the browser is Windows'.
    case wsl
    /// macOS.
    case macOS

    /// The system we are on. `kernelVersion` is what /proc/version says, where it exists; Microsoft
    /// signs its kernels there.
    static func current(environment: [String: String], kernelVersion: String?) -> Desktop {
      #if os(macOS)
        return .macOS
      #else
        let isNamed = environment["WSL_DISTRO_NAME"]?.isEmpty == false
        return isNamed || isMicrosofts(kernelVersion ?? "") ? .wsl : .linux
      #endif
    }

    private static func isMicrosofts(_ kernelVersion: String) -> Bool {
      let bytes = kernelVersion.lowercased().utf8
      return bytes.indices.contains { bytes[$0...].starts(with: "microsoft".utf8) }
    }
  }
}
