/// What kept a new token from its file.
indirect enum SaveObstacle: Sendable {
  /// The file holds a grant that is none of ours, and stays.
  case anotherGrantInFile
  /// The disk, or the `--on-rotate` command where it is the store.
  case because(Failure)
  /// The `--on-rotate` command of a CI job, whose machine goes away.
  case hookInCI(Failure)
}
