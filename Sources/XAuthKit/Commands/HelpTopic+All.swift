import CommandTable

extension HelpTopic {
  /// Every topic of `help`.
  static let all = [environment, exitCodes]

  private static let environment = HelpTopic(
    "environment", summary: "every setting, and which source wins",
    text: """
      A setting is looked for among the options, then in the process environment, then in the `.env`, \
      then there is a default. An empty value is unset. Exceptions, each for a reason:

      - The tokens travel together: from the file if it has any of their names, even blank, otherwise \
      from the environment.
      - `CLIENT_ID` and `CLIENT_SECRET` are a pair from one source: the file's if the file holds the \
      tokens.
      - What can run or redirect comes from an option or the environment, never from the file.
      """, listing: .environment)

  private static let exitCodes = HelpTopic(
    "exit-codes", summary: "what scripts can tell", text: "Scripts may rely on these.",
    listing: .exitCodes)
}
