import Glibc
import XAuthKit

// At once, as by a signal: all that was to be written is, and exit(3) would call what the libraries
// under libcurl have registered, while one of them may still be being loaded.
_exit(XAuth.run(.live()))
