extension FileTarget {
  /// Whether the file, if it is absent, can be created; creates nothing.
  ///
  /// - Throws: `folderNotWritable`, `readOnlyFileSystem`; as root `untrusted` and `untrustedMode`.
  public func requireCreatable() throws(FileFailure) {
    try FilePlace.open(self).requireCreatable()
  }
}
