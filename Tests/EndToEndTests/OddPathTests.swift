import TestSupport
import Testing

/// A Latin-1 `é` and what a lossy reading makes of it: two folders, and only one of them is meant.
@Suite("Folders whose names aren't UTF-8")
struct OddPathTests {
  private let folder = TemporaryFolder()

  private func bash(_ script: String) throws -> Child.Outcome {
    try Child.run(
      "/bin/bash",
      [
        "-c",
        #"""
        set -e; umask 077; here=$'lat\xe9' there=$'lat\uFFFD'; mkdir -p "$here" "$there"
        printf 'CLIENT_ID=app\nX_OAUTH2_ACCESS_TOKEN=right\nX_OAUTH2_REFRESH_TOKEN=r\n' >"$here/.env"
        printf 'X_OAUTH2_EXPIRES_AT=%s\n' $(($(date +%s) + 3600)) >>"$here/.env"
        printf 'CLIENT_ID=app\nX_OAUTH2_ACCESS_TOKEN=wrong\nX_OAUTH2_REFRESH_TOKEN=w\n' >"$there/.env"
        \#(script)
        """#, Child.built("xauth"),
      ],
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path, "LC_ALL": "C.UTF-8"],
      folder: folder.path)
  }

  @Test(
    "are worked in, by whatever names them",
    arguments: [
      #"cd "$here"; "$0" export --only X_OAUTH2_ACCESS_TOKEN"#,
      #""$0" export --only X_OAUTH2_ACCESS_TOKEN --env-file "$here/.env""#,
      #"XAUTH_ENV_FILE="$PWD/$here/.env" "$0" export --only X_OAUTH2_ACCESS_TOKEN"#,
      #"ln -sfn "$here" link; "$0" export --only X_OAUTH2_ACCESS_TOKEN --env-file link/.env"#,
    ])
  func worked(script: String) throws {
    let outcome = try bash(script)
    #expect(outcome.output == "X_OAUTH2_ACCESS_TOKEN=right\n", "\(outcome.errors)")
  }

  @Test("are saved in, beside the journal, and the other one stays as it is")
  func saved() throws {
    let outcome = try bash(
      #"cd "$here"; "$0" revoke --local; test -d .env.xauth; cd ..; grep -h ACCESS "$here/.env" "$there/.env""#
    )
    #expect(outcome.status == 0)
    #expect(
      outcome.output.hasSuffix("X_OAUTH2_ACCESS_TOKEN=\nX_OAUTH2_ACCESS_TOKEN=wrong\n"),
      "\(outcome.output)\(outcome.errors)")
  }

  @Test("are asked about at git, whose answer names them in the same bytes")
  func git() throws {
    let outcome = try bash(
      #"cd "$here"; git init -q; git add -f .env; "$0" show 2>&1; echo .env >.gitignore; git rm -q --cached .env; "$0" show 2>&1"#
    )
    #expect(
      outcome.output.split(separator: "\n").count { $0.contains("git tracks") } == 1,
      "\(outcome.output)")
    #expect(!outcome.output.contains("git would commit"))
  }

  @Test("are where certificates are found, whatever names them")
  func certificates() throws {
    let made = try TestCertificate(in: folder)
    let outcome = try bash(
      #"""
      cp "\#(made.certificate)" "$here/c.pem"; cp "\#(made.key)" "$here/k.pem"
      printf 'TLS_CERT_FILE=c.pem\nTLS_KEY_FILE=k.pem\n' >>"$here/.env"
      SSL_CERT_FILE="$PWD/$here/c.pem" "$0" doctor --env-file "$here/.env"
      printf 'TLS_CERT_FILE=%s\nTLS_KEY_FILE=%s\n' "$PWD/$here/c.pem" "../$here/k.pem" >>"$there/.env"
      "$0" doctor --env-file "$there/.env"
      export TLS_CERT_FILE="$PWD/$here/c.pem" TLS_KEY_FILE="$PWD/$here/k.pem"
      "$0" doctor --env-file "$there/.env"
      """#)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.split(separator: "\n").count { $0.contains("certificate  valid") } == 3)
    #expect(outcome.output.contains("authorities  those in"))
  }

  @Test("are left out of an image by rules that name them in the same bytes")
  func images() throws {
    let outcome = try bash(
      #"""
      git init -q; touch Dockerfile
      for folder in "$there" "lat?" "$here"; do
        printf '%s/.env*\n' "$folder" >.dockerignore
        "$0" doctor --env-file "$here/.env" | grep ' image '
      done
      cd "$here"; rm -rf ../.git; touch Dockerfile; "$0" doctor | grep ' image '
      """#)
    let found = outcome.output.split(separator: "\n").map { $0.prefix(7) }
    #expect(found == ["warning", "ok     ", "ok     ", "warning"], "\(outcome.output)")
  }

  @Test("keep the environment's bytes, for whatever is found or started by them")
  func environment() throws {
    let outcome = try bash(
      #"""
      printf '#!/bin/sh\nprintenv ODD\n' >"$here/odd"; chmod +x "$here/odd"; touch "$here/github"
      PATH="$PWD/$here:$PATH" ODD=$'v\xe9' "$0" exec --env-file "$here/.env" odd | od -An -tx1
      GITHUB_ENV="$PWD/$here/github" "$0" export --format github-env --env-file "$here/.env" >&2
      grep -c right "$here/github"
      """#)
    #expect(outcome.output == " 76 e9 0a\n1\n", "\(outcome.output)\(outcome.errors)")
  }
}
