import Glibc
import XAuthTool

exit(XAuth.run(.live()))
