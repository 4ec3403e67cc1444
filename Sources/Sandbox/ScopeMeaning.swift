/// What a scope lets an app do, as X documents it.
enum ScopeMeaning {
  /// The meaning of `scope`, for the person who is asked.
  static func of(_ scope: String) -> String { all[scope] ?? "X documents no such scope" }

  private static let all = [
    "tweet.read": "read the posts that are visible to you, those of protected accounts too",
    "tweet.write": "post and repost for you",
    "tweet.moderate.write": "hide and unhide replies to your posts",
    "users.read": "see the accounts that are visible to you, protected ones too",
    "users.email": "see your email address",
    "follows.read": "see who follows you and whom you follow",
    "follows.write": "follow and unfollow people for you",
    "offline.access": "stay connected until you revoke access (X then gives a refresh token)",
    "space.read": "see the Spaces that are visible to you",
    "mute.read": "see the accounts that you have muted",
    "mute.write": "mute and unmute accounts for you",
    "like.read": "see the posts that you have liked",
    "like.write": "like and unlike posts for you",
    "list.read": "see your Lists, private ones too, and their members",
    "list.write": "create and manage Lists for you",
    "block.read": "see the accounts that you have blocked",
    "block.write": "block and unblock accounts for you",
    "bookmark.read": "see your bookmarks",
    "bookmark.write": "add and remove bookmarks for you",
    "dm.read": "read your direct messages",
    "dm.write": "send and manage direct messages for you",
    "media.write": "upload media for you",
    "broadcast.read": "see your broadcasts",
    "broadcast.write": "create and manage broadcasts for you",
    "timeline.read": "read your timeline",
    "ads.read": "see your ads accounts",
    "ads.write": "manage your ads accounts",
  ]
}
