import Glibc

/// What the system calls an error.
func systemText(_ code: Int32) -> String { String(cString: strerror(code)) }
