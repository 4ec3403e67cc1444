import CommandTable

extension HelpTopic {
  /// Logging in where the browser is on another machine, or on the other side of a proxy.
  static func remote(_ tool: String) -> HelpTopic {
    HelpTopic(
      "remote", summary: "log in over SSH, in a container, behind a proxy, by host name",
      text: """
        # Over SSH

        Where `login` finds no browser, it prints the address of X's page. Open that on any \
        machine. The browser then shows an address that it can't load, \
        `http://127.0.0.1:8976/…`: paste the whole of it into the waiting login. If you forward \
        the port, you don't need to paste anything:

          ssh -L 8976:127.0.0.1:8976 you@server
          cd /srv/xmcp
          \(tool) login --no-browser

        # By host name, over https

        If the browser can reach the machine by name, for example over Tailscale, use that name. \
        Any host but loopback needs https, because the code could be read on the way. Get a \
        certificate:

          tailscale cert --cert-file callback.pem --key-file callback-key.pem \\
            box.example.ts.net

        In the `.env`, with paths relative to its folder:

          X_OAUTH_CALLBACK_HOST=box.example.ts.net
          TLS_CERT_FILE=callback.pem
          TLS_KEY_FILE=callback-key.pem

        In the developer console, register `https://box.example.ts.net:8976/oauth/callback`, as \
        `\(tool) show --verbose` now prints it. The certificate is checked before the browser \
        opens.

        # Behind a reverse proxy

        With a proxy that terminates TLS, host and port are the public ones, and \
        `X_OAUTH_CALLBACK_LISTEN` is where the proxy finds the login:

          X_OAUTH_CALLBACK_HOST=auth.example.com
          X_OAUTH_CALLBACK_PORT=443
          X_OAUTH_CALLBACK_SCHEME=https
          X_OAUTH_CALLBACK_LISTEN=127.0.0.1:8976

        The proxy must forward the Host header unchanged, or the callback is rejected. nginx has \
        to be told:

          location = /oauth/callback {
            proxy_pass http://127.0.0.1:8976;
            proxy_set_header Host $http_host;
          }

        # In a container

          docker run --rm -it -p 127.0.0.1:8976:8976 -v /srv/xmcp:/srv/xmcp \\
            -w /srv/xmcp xmcp \(tool) login --no-browser --listen 0.0.0.0

        `--listen` changes where it listens, never the redirect URI.

        Mount the folder, not the file. A renewal replaces the `.env` by a new file, because only \
        that survives a power cut, and a container with the file itself mounted goes on seeing the \
        old one. `\(tool)` notices and refuses; the server in there reads old tokens. The folder \
        also holds the lock, so a container and its host can renew the same file.
        """)
  }
}
