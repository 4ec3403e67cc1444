extension Doctor {
  /// Where the tokens are that several machines share.
  func store(_ settings: Settings) -> [Finding] {
    do {
      guard let place = try settings.store() else { return [] }
      return [.fine(.store, "this host follows another one: \(place.shown)")]
    } catch {
      return [.failed(.store, error)]
    }
  }

  /// Whether the host that is followed has a token for this one. Nothing is saved.
  func followedHost(_ settings: Settings) -> [Finding] {
    guard let command = try? settings.followed() else { return [] }
    do {
      let grant = try FollowedCommand(command: command, context: context).run()
      if grant.refreshToken != nil { return [.warning(.store, .followedPrintsRefreshToken)] }
      let end = Times.local(grant.expiresAt ?? 0, now: context.clock.now())
      return [.fine(.store, "the host that is followed has an access token until \(end)")]
    } catch {
      return [.failed(.store, error)]
    }
  }
}
