import Foundation
import TestSupport

/// The secrets of a repository and of its environments, as files that a `gh` on a reader's machine
/// writes.
struct WorkflowSecrets {
  private let folder: TemporaryFolder

  /// Puts that `gh` on `machine`. It knows `gh secret set [--env ENV] NAME`, and the same with `-f -`,
  /// both from standard input, and makes environments; to write into one that nobody has made is
  /// refused.
  init(on machine: ReaderMachine) throws {
    folder = machine.folder
    try FileManager.default.createDirectory(
      atPath: folder.file("secrets/repository"), withIntermediateDirectories: true)
    machine.play(
      "gh",
      """
      cd '\(folder.file("secrets"))' || exit 1
      if [ "$1 $2 $3 $4" = 'api --silent --method PUT' ]; then exec mkdir -p "${5##*/}"; fi
      [ "$1 $2" = 'secret set' ] || exit 1
      shift 2
      place=repository
      if [ "$1" = --env ]; then place=$2; shift 2; fi
      cd "$place" || { echo 'HTTP 404' >&2; exit 1; }
      if [ "$*" != '-f -' ]; then exec cat >"$1"; fi
      grep '^[A-Z]' | while IFS== read -r name value; do printf %s "$value" >"$name"; done
      """)
  }

  /// The values that a job can read now, by name: of its environment, or else of the repository.
  func values(in environment: String?) throws -> [String: String] {
    let place = "secrets/\(environment ?? "repository")"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.file(place))
    return Dictionary(
      uniqueKeysWithValues: names.map { ($0, folder.text("\(place)/\($0)") ?? "") })
  }
}
