"""What people write by hand: prints or renews the token of ./.env with requests and python-dotenv."""
import sys
import time

import requests
from dotenv import dotenv_values, set_key

settings = dotenv_values(".env")

if sys.argv[1] == "token":
    if float(settings["X_OAUTH2_EXPIRES_AT"]) - time.time() < 60:
        sys.exit("due")
    print(settings["X_OAUTH2_ACCESS_TOKEN"])
else:
    answer = requests.post(
        settings["X_API_BASE_URL"] + "/2/oauth2/token",
        data={
            "grant_type": "refresh_token",
            "refresh_token": settings["X_OAUTH2_REFRESH_TOKEN"],
            "client_id": settings["CLIENT_ID"],
        },
        timeout=12,
    )
    answer.raise_for_status()
    grant = answer.json()
    set_key(".env", "X_OAUTH2_ACCESS_TOKEN", grant["access_token"], quote_mode="never")
    set_key(".env", "X_OAUTH2_REFRESH_TOKEN", grant["refresh_token"], quote_mode="never")
    expiry = str(int(time.time()) + grant["expires_in"])
    set_key(".env", "X_OAUTH2_EXPIRES_AT", expiry, quote_mode="never")
