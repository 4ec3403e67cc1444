import Glibc
import XAuthKit

exit(XAuth.run(.live()))
