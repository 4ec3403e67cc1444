import CommandTable

extension HelpTopic {
  /// One grant on several machines.
  static func fleet(_ tool: String) -> HelpTopic {
    HelpTopic(
      "fleet", summary: "use one login on several machines",
      text: """
        X keeps one grant for an app and an account, and a refresh token works once. Two machines \
        that both renew a copy of it, or log in, end each other's tokens. There are two ways out:

        - One machine renews, and the others follow it: they copy its access token and hold no \
        refresh token at all. This needs nothing but SSH, and is enough for most.
        - Any of them may renew, and all share one grant through a place with compare-and-swap that \
        you already run: Kubernetes, Vault or OpenBao, etcd, or whatever a command of yours reaches.

        Both are the setting `X_OAUTH2_STORE`, or the option `--store`.

        # Follow another host

        It needs a command that prints the other host's access token, its expiry and its scopes as \
        dotenv. Over SSH, in a file `/usr/local/bin/x-token-of-server` that may be executed:

          #!/bin/sh
          exec ssh -o BatchMode=yes server /usr/local/bin/\(tool) export \\
            --env-file /srv/xmcp/.env --min-validity 75m \\
            --only X_OAUTH2_ACCESS_TOKEN --only X_OAUTH2_EXPIRES_AT \\
            --only X_OAUTH2_GRANTED_SCOPES

        The setting names that command:

          export X_OAUTH2_STORE=follow:x-token-of-server
          \(tool) refresh --env-file /srv/xmcp/.env

        Instead of SSH it can be anything that prints these lines: `kubectl exec`, `docker exec`, \
        `sudo -u`, a secret manager. It is run by `sh -c`, may take 30 seconds, and gets neither \
        the client secret nor a refresh token. It is never taken from the `.env`, which somebody \
        else may have written: set it in the environment, in the crontab, or in the unit.

          X_OAUTH2_STORE=follow:/usr/local/bin/x-token-of-server
          */20 * * * * /usr/local/bin/\(tool) refresh --quiet --env-file /srv/xmcp/.env

        `refresh` runs it when less than `--min-validity` is left, and saves what it prints in the \
        `.env`, which is made if it isn't there. So do `token`, `exec`, `header`, `export`, `proxy` \
        and `mcp` when the copy isn't valid for long enough. Many runs at once run the command \
        once. With `--min-validity` the other host's `export` renews the token first when it has \
        to. If the other host can't be reached, a follower uses its copy while that is valid, and \
        fails with exit code 75 after that.

        `login` and `revoke` are refused on a follower (exit code 4): do both on the host that \
        renews. A refresh token in the follower's `.env` is refused too. Clear it there, without \
        telling X:

          \(tool) revoke --local

        # Share one grant

        The setting names a place, never a host or a credential: those come from the process \
        environment, by the names that the engine's own tools use. So it may stand in the `.env`.

        - `vault:MOUNT/PATH`: a KV store, version 2. `VAULT_ADDR`, `VAULT_TOKEN` or \
        `~/.vault-token`, `VAULT_CACERT`, `VAULT_NAMESPACE`, or all of them with `BAO_`.
        - `etcd:KEY`: etcd 3.4 or newer. `ETCDCTL_ENDPOINTS`, `ETCDCTL_CACERT`, `ETCDCTL_CERT`, \
        `ETCDCTL_KEY`, `ETCDCTL_USER`.
        - `kubernetes:NAMESPACE/SECRET`: a Secret, from within a pod.
        - `exec:COMMAND`: from the environment or `--store` alone. `COMMAND get` prints a revision \
        and, from the second line on, a JSON object; `COMMAND swap REVISION` reads one and prints \
        its new revision. Exit code 3 says that there is nothing (the revision is `-` then), 4 \
        that it has changed, 5 that it isn't allowed.

        One place holds one grant. Every host runs `\(tool) refresh` by cron or timer as ever: the \
        first that finds the token due renews it, the others copy it, and `--on-rotate` runs on \
        each. `token`, `exec`, `header` and `export` use the host's copy, without asking the place, \
        while that is valid for long enough; so does everything while the place can't be reached.

        # Plain hosts

        With Vault, once:

          vault policy write x-token - <<'END'
          path "secret/data/x-token" { capabilities = ["create", "read", "update"] }
          END

        On one host, log in, and then copy the `.env` to the others:

          echo X_OAUTH2_STORE=vault:secret/x-token >> .env
          \(tool) login

        `login` asks whether the tokens may go there, since a `.env` can be somebody else's. \
        Where nobody can be asked, name the same place with `--store`. In the crontab of each host:

          VAULT_ADDR=https://vault.example.org:8200
          */10 * * * * /usr/local/bin/\(tool) refresh --quiet --env-file /srv/xmcp/.env

        # Kubernetes

        A role can't allow to create a Secret of one name, so make it once, empty; and let one \
        CronJob renew it:

          apiVersion: v1
          kind: Secret
          metadata: {name: x-token, namespace: xmcp}
          ---
          apiVersion: v1
          kind: ServiceAccount
          metadata: {name: x-token, namespace: xmcp}
          ---
          apiVersion: rbac.authorization.k8s.io/v1
          kind: Role
          metadata: {name: x-token, namespace: xmcp}
          rules:
          - apiGroups: [""]
            resources: [secrets]
            resourceNames: [x-token]
            verbs: [get, update]
          ---
          apiVersion: rbac.authorization.k8s.io/v1
          kind: RoleBinding
          metadata: {name: x-token, namespace: xmcp}
          roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: x-token}
          subjects: [{kind: ServiceAccount, name: x-token, namespace: xmcp}]
          ---
          apiVersion: batch/v1
          kind: CronJob
          metadata: {name: x-token, namespace: xmcp}
          spec:
            schedule: "*/10 * * * *"
            concurrencyPolicy: Forbid
            jobTemplate:
              spec:
                template:
                  spec:
                    serviceAccountName: x-token
                    restartPolicy: OnFailure
                    terminationGracePeriodSeconds: 90
                    containers:
                    - name: xauth
                      image: xauth
                      args: [refresh, --quiet]
                      env:
                      - {name: X_OAUTH2_STORE, value: "kubernetes:xmcp/x-token"}
                      - {name: XAUTH_ENV_FILE, value: /state/.env}
                      envFrom: [{secretRef: {name: x-app}}]
                      volumeMounts: [{name: state, mountPath: /state}]
                    volumes: [{name: state, emptyDir: {}}]

        `x-app` is a Secret of yours with `CLIENT_ID` and `CLIENT_SECRET`. Log in once, in a pod \
        with the same setting and service account: `kubectl exec -it POD -- \(tool) login \
        --no-browser`.

        Servers need neither \(tool) nor rights: they mount the key `X_OAUTH2_ACCESS_TOKEN` of the \
        Secret as a file, without `subPath`, which would never change. Or \(tool) runs them, with \
        `exec` or `proxy`. A renewal that is cut off leaves its answer in the journal beside the \
        `.env`; on an `emptyDir` that outlives a restart of the container, and not the pod. A volume \
        of its own is better.

        # CI beside a server

        A job with the same setting, the engine's credentials and the client's needs no tokens among \
        its secrets, and neither `--on-rotate` nor `--allow-rotate`. Use `exec` or `token` there: \
        they renew only when a minute or a few are left, so that the server with a disk renews first:

          \(tool) exec --store vault:secret/x-token -- ./nightly.sh

        # Join and leave

        To join, copy the `.env` with the setting in it, or only the setting and `CLIENT_ID`. A host \
        that holds a grant of its own, which the place doesn't know, is refused (exit code 4): clear \
        that with `\(tool) revoke --local`.

        To leave, give up the copy, and take the setting out:

          \(tool) revoke --local

        A host without the setting doesn't renew a grant that it knows as shared. `\(tool) refresh \
        --force` takes it over for that host alone: the others need a login then.

        `\(tool) login` and `\(tool) revoke` are for all hosts. After a login the others have a token \
        that X has ended until their next `refresh`.

        # When something breaks

        A host that dies between its request and its save may have the only new token in its journal. \
        The others use the access token while it is valid, and say which host began it. If that host \
        comes back, it carries on by itself. If it is gone for good, log in; or wait: five minutes \
        after the token has expired, one of the others tries the old refresh token once.

        If the place was restored from a backup, run `\(tool) refresh` on the host that renewed last: \
        it puts its newer tokens back. If that host is gone too, log in.

        Exit code 5 says that a new token is in this host's `.env` and journal, and that the place \
        didn't take it: the next run carries that on. `\(tool) show --check` asks the place, and \
        `\(tool) doctor --online` also whether it may be written.
        """)
  }
}
