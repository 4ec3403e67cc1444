import DurableFile

extension Doctor {
  /// Whether a build of a container image would get to see the tokens. Says nothing where no image is
  /// built.
  func images(_ settings: Settings) -> [Finding] {
    let contexts = BuildContext.all(around: settings.file.target.folderPath)
    if contexts.isEmpty { return [] }
    let secrets = secrets(settings)
    let warnings = contexts.flatMap { $0.warnings(about: secrets) }
    return warnings.isEmpty
      ? [.fine(.image, "no image that is built here would hold the tokens")]
      : warnings.map { .warning(.image, $0) }
  }

  /// The files that hold tokens, each with what rules should name to leave it out.
  private func secrets(_ settings: Settings) -> [(file: String, name: String)] {
    let target = settings.file.target
    let (journal, state) = (settings.journalPath, target.stateFolderPath)
    // Else the journal is under the home of the file's owner.
    let isBeside = journal.hasPrefix("\(state)/")
    return [(target.path, target.path)] + (isBeside ? [(journal, state)] : [])
  }
}

extension BuildContext {
  /// What there is to be said of files, absolute paths in the folder, that a build gets to see.
  fileprivate func warnings(about secrets: [(file: String, name: String)]) -> [Warning] {
    ruleFiles.compactMap { ruleFile in
      let rules = rules(ruleFile)
      let seen = secrets.filter { !rules.excludes(relative($0.file)) }
      if seen.isEmpty { return nil }
      return .imageCanHold(seen.map { relative($0.name) }, rules: ruleFile, in: folder)
    }
  }

  private func relative(_ path: String) -> String {
    let start = folder == "/" ? folder : "\(folder)/"
    return path.hasPrefix(start) ? String(path.dropFirst(start.count)) : path
  }
}
