import Rotation
import CommandTable
import DotEnv
import DurableFile
import Glibc

/// What the kernel shows in place of a user that a container's user namespace doesn't have
/// (user_namespaces(7)); it is also the user nobody.
private let unmapped: UInt32 = 65534

private func named(_ user: UInt32) -> String {
  user == unmapped ? "65534 (nobody, or a user that this container can't see)" : "\(user)"
}

extension FileFailure {
  /// The table: paths, permissions, space, then the lock and the journal.
  var report: FailureReport {
    switch self {
    case .notFound(let path):
      FailureReport(
        "env_file_missing", .settings, "there is no file \(path)",
        hint: "name another with --env-file PATH, or run \(call: "login") to create it")
    case .folderMissing(let path):
      FailureReport(
        "folder_missing", .settings, "there is no folder \(path)",
        hint: "create it, or correct the path")
    case .notAFolder(let path):
      FailureReport("not_a_folder", .settings, "\(path) is not a folder", hint: "correct the path")
    case .isFolder(let path):
      FailureReport(
        "is_a_folder", .settings, "\(path) is a folder",
        hint: "name the file in it with --env-file PATH")
    case .isSpecial(let path):
      FailureReport(
        "not_a_file", .settings, "\(path) is a pipe, a socket or a device, not a file",
        hint: "tokens are kept in an ordinary file; name one with --env-file PATH")
    case .danglingLink(let path, let target):
      FailureReport(
        "dangling_link", .settings, "\(path) is a link to \(target), whose folder doesn't exist",
        hint: "create the folder, or correct the link")
    case .linkLoop(let path):
      FailureReport(
        "link_loop", .settings, "\(path) is a symbolic link loop", hint: "correct the links")
    case .tooLarge(let path, let size, let limit):
      FailureReport(
        "file_too_large", .settings,
        "\(path) has \(size) bytes, more than the \(limit) that a settings file may have",
        hint: "name the right file with --env-file PATH")

    case .notReadable(let path, let errno):
      FailureReport(
        "not_readable", .settings, "\(path) can't be read (\(systemText(errno)))",
        hint: "run it as the file's owner, or correct the permissions")
    case .notWritable(let path, let errno):
      FailureReport(
        "not_writable", .settings, "\(path) can't be written (\(systemText(errno)))",
        hint: "run it as the file's owner, or correct the permissions")
    case .ownerForbidsWriting(let path, let mode):
      FailureReport(
        "write_protected", .settings,
        "\(path) is write-protected (mode 0\(String(mode, radix: 8)))",
        hint: "allow writing first: `chmod u+w \(ShellWord.path(path))`")
    case .folderNotWritable(let path, let errno):
      FailureReport(
        "folder_not_writable", .settings,
        "nothing can be created in \(path) (\(systemText(errno)))",
        hint: "make the folder writable, or in a container mount the folder instead of the file")
    case .readOnlyFileSystem(let path):
      FailureReport(
        "read_only_file_system", .settings, "\(path) is on a read-only file system",
        hint:
          "mount it writable (systemd: ReadWritePaths=), or keep the file elsewhere: --env-file PATH"
      )
    case .immutable(let path):
      FailureReport(
        "immutable", .settings, "\(path) is immutable",
        hint: "`chattr -i \(ShellWord.path(path))`")
    case .appendOnly(let path):
      FailureReport(
        "append_only", .settings, "\(path) can only be appended to",
        hint: "`chattr -a \(ShellWord.path(path))`")
    case .notOwner(let path, let owner):
      FailureReport(
        "not_owner", .settings,
        "\(path) belongs to user \(named(owner)), and only that user may change the tokens in it",
        hint: owner == unmapped
          ? "run it as the file's owner, or outside this container" : "run it as that user")
    case .leadsElsewhere(let path, let owner?):
      FailureReport(
        "leads_elsewhere", .settings,
        "\(path) is a link made by user \(named(owner)) in a folder open to everybody; not followed",
        hint: "name the file itself with --env-file PATH")
    case .leadsElsewhere(let path, nil):
      FailureReport(
        "leads_elsewhere", .settings,
        "\(path) has another name elsewhere, and its folder is open to everybody",
        hint: "keep the tokens in a folder of your own: --env-file PATH")
    case .untrusted(let path, let owner):
      FailureReport(
        "untrusted_path", .settings,
        "\(path) belongs to user \(named(owner)), who could make root write to another file",
        hint:
          "run it as \(owner == unmapped ? "the file's owner" : "user \(owner)"), or keep the file in a folder of root's own"
      )
    case .untrustedMode(let path, let mode):
      FailureReport(
        "untrusted_path", .settings,
        "others than its owner may write to \(path) (mode 0\(String(mode, radix: 8))); root doesn't follow it",
        hint: "run it as the file's owner, or run `chmod go-w \(ShellWord.path(path))`")

    case .noSpace(let path):
      FailureReport(
        "no_space", .settings, "no space left on the disk for \(path)",
        hint: "free some space and run it again")
    case .quota(let path):
      FailureReport(
        "quota", .settings, "the disk quota is used up for \(path)",
        hint: "free some space and run it again")
    case .lockTimedOut(let path, let seconds):
      FailureReport(
        "lock_timed_out", .temporary,
        "another run held the lock on \(path) for \(Spans.words(Int(seconds)))",
        hint: "run it again later")

    case .noStateFolder(let path, let errno):
      FailureReport(
        "no_state_folder", .settings,
        "neither \(path) nor a folder in the owner's home can be made (\(systemText(errno)))",
        hint: errno == EPERM
          ? "lock and journal live there and need permissions: keep the .env in a Linux file system"
          : "the lock and the journal live there: make the folder of the .env writable")
    case .noStateHome(let path, let errno):
      FailureReport(
        "no_state_home", .settings, "\(path) can't be made (\(systemText(errno)))",
        hint: "tokens that came without a file are kept there: set HOME to a folder of yours")
    case .stateNotAFolder(let path):
      FailureReport(
        "state_not_a_folder", .settings, "\(path) is not a folder",
        hint: "lock and journal belong in a folder of that name: move away what is there")
    case .stateFolderUnsafe(let path, let owner, let mode):
      FailureReport(
        "state_folder_unsafe", .settings,
        "\(path) belongs to user \(named(owner)) or is open to others (mode 0\(String(mode, radix: 8)))",
        hint: "it holds tokens: look into it, then run `chmod 700` on it or move it away")
    case .stateAtLink(let folder, let link, let path):
      FailureReport(
        "state_at_link", .settings,
        "\(folder) has an unfinished renewal from before \(link) was a link",
        hint: """
          nothing was sent; `mv -T \(ShellWord.path(folder)) \(ShellWord.path("\(path).xauth"))`, \
          then run it again
          """)
    case .stateBehindLink(let path, let owner):
      FailureReport(
        "untrusted_path", .settings,
        "the lock and the journal are behind \(path), a link that root doesn't follow",
        hint: "run it as \(owner == unmapped ? "the file's owner" : "user \(owner)")")
    case .cannotLock(let path, let errno):
      FailureReport(
        "cannot_lock", .settings, "the file system of \(path) can't lock (\(systemText(errno)))",
        hint: "keep the .env on a local file system, or on NFS start the lock service")
    case .replacedOutside(let path):
      FailureReport(
        "replaced_outside", .settings,
        "\(path) is mounted as a single file, and the host has replaced or deleted it since",
        hint: "mount the folder instead of the file, or restart the container")
    case .changedKind(let path):
      FailureReport(
        "changed_kind", .temporary,
        "\(path) became something other than a file during this run",
        hint: "look at what is there, and run it again")
    case .journalRemoved(let path):
      FailureReport(
        "journal_removed", .settings, "the journal \(path) was deleted during this run",
        hint: "leave the folder of the journal where it is, and run it again")
    case .journalDamaged(let path):
      FailureReport(
        "journal_damaged", .settings, "the journal \(path) is damaged; the disk may be at fault",
        hint:
          "check the disk, delete the journal, and run \(call: "login") if \(call: "refresh") fails"
      )
    case .journalNewer(let path, _):
      FailureReport(
        "journal_newer", .settings, "\(path) was written by a newer version of this program",
        hint: "use the newer one")
    case .journalRecordTooLarge:
      FailureReport("journal_record_too_large", .unexpected, "the journal's record is too large")
    case .system(_, let path, let errno) where errno == EMFILE || errno == ENFILE:
      FailureReport(tooManyOpenFiles: errno, "\(path) can't be opened")
    case .system(_, let path, EFBIG):
      FailureReport(
        "file_size_limit", .settings,
        "\(path) can't be written: it would exceed the limit on file sizes",
        hint: "raise the limit (`ulimit -f`) and run it again")
    case .system(let operation, let path, let errno):
      FailureReport(
        "system", .settings, "\(operation) failed on \(path): \(systemText(errno))",
        hint: "fix that and run it again")
    }
  }
}

extension FailureReport {
  /// The row of EMFILE and ENFILE, whatever they prevented.
  init(tooManyOpenFiles errno: Int32, _ what: String) {
    self.init(
      "too_many_open_files", .settings,
      "\(what): too many open files",
      hint: errno == EMFILE
        ? "raise the limit of this program (`ulimit -n`) and try again"
        : "raise the limit of this machine (fs.file-max) and try again")
  }
}

extension DotEnvFailure {
  /// The table, for the document at `path`.
  func report(path: String) -> FailureReport {
    switch self {
    case .unquotable(let key):
      FailureReport(
        "unquotable", .settings,
        "\(key) can't be written to \(path): programs would read its value in different ways",
        hint: "leave out quotes, $, backslashes and line breaks")
    case .invalidKey(let key):
      FailureReport("invalid_key", .unexpected, "\(key) is not a name for \(path)")
    case .openQuote(let key, let line):
      FailureReport(
        "open_quote", .settings,
        "line \(line) of \(path) opens a quote that is never closed, before \(key)",
        hint:
          "close that quote; if it belongs to the value, put the value into the other kind of quotes"
      )
    case .notReadBack(let key):
      FailureReport(
        "not_read_back", .settings,
        "\(key) would not be read back from \(path) as it was written",
        hint: "look for a quote that is opened and never closed")
    }
  }
}
