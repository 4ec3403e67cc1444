#!/bin/sh
# What people write by hand: prints or renews the token of ./.env with curl and jq.
set -eu
set -a
# shellcheck source=/dev/null
. ./.env
set +a

if [ "$1" = token ]; then
  [ $((X_OAUTH2_EXPIRES_AT - $(date +%s))) -ge 60 ]
  printf '%s\n' "$X_OAUTH2_ACCESS_TOKEN"
else
  answer=$(curl --silent --fail --max-time 12 "$X_API_BASE_URL/2/oauth2/token" \
    --data grant_type=refresh_token --data "client_id=$CLIENT_ID" \
    --data-urlencode "refresh_token=$X_OAUTH2_REFRESH_TOKEN")
  access=$(printf '%s' "$answer" | jq --raw-output .access_token)
  refresh=$(printf '%s' "$answer" | jq --raw-output .refresh_token)
  expiry=$(($(date +%s) + $(printf '%s' "$answer" | jq .expires_in)))
  sed -e "s/^X_OAUTH2_ACCESS_TOKEN=.*/X_OAUTH2_ACCESS_TOKEN=$access/" \
    -e "s/^X_OAUTH2_REFRESH_TOKEN=.*/X_OAUTH2_REFRESH_TOKEN=$refresh/" \
    -e "s/^X_OAUTH2_EXPIRES_AT=.*/X_OAUTH2_EXPIRES_AT=$expiry/" .env >.env.new
  mv .env.new .env
fi
