import DurableFile
import Glibc

extension Git {
  /// What git would do with the `.env` of these settings and with the journal beside it.
  func ask(about settings: Settings) -> GitAnswer {
    let target = settings.file.target
    let journal = settings.journalPath
    let folder = target.folderPath
    guard journal.hasPrefix("\(target.stateFolderPath)/") else {
      // It is under the home of the file's owner.
      return ask([target.path], folder)
    }
    let answer = ask([target.path, journal], folder)
    guard case .wouldCommit(let tracked, let untracked) = answer,
      access(target.stateFolderPath, F_OK) != 0
    else { return answer }
    // The folder is made with a .gitignore of its own.
    let others = untracked.filter { $0 != journal }
    return tracked.isEmpty && others.isEmpty
      ? .ignored : .wouldCommit(tracked: tracked, untracked: others)
  }
}

extension GitAnswer {
  /// What there is to be said of it, unless there is no git that could have been asked: then nobody
  /// commits anything here.
  func warnings(about settings: Settings) -> [Warning] {
    switch self {
    case .noRepository, .ignored, .notInstalled: []
    case .wouldCommit(let tracked, let untracked):
      tracked.map(Warning.gitTracks) + untracked.map(Warning.gitWouldCommit)
    case .noAnswer(let reason): [.gitNotAsked(settings.file.target.path, reason)]
    }
  }
}
