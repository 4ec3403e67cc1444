"""An OAuth 2.0 server made with Authlib, where xauth looks for X's: authorization code with PKCE,
refresh tokens that work once (RFC 9700 §4.14.2), revocation. One account, @authlib.

    server.py REDIRECT_URI [CERTIFICATE KEY]

Prints its port on the first line. Every call of the token and the revocation endpoint goes to
standard error as "path grant-type client-authentication status".
"""
import sys
import time
from dataclasses import dataclass, field

from authlib.integrations.flask_oauth2 import (
    AuthorizationServer, ResourceProtector, current_token)
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import Flask, jsonify, request
from werkzeug.serving import WSGIRequestHandler, make_server

REDIRECT_URI = sys.argv[1]
AUTHENTICATION = ["client_secret_basic", "none"]


@dataclass
class Client(ClientMixin):
    client_id: str
    secret: str | None = None

    def get_client_id(self):
        return self.client_id

    def get_default_redirect_uri(self):
        return REDIRECT_URI

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == REDIRECT_URI

    def check_client_secret(self, client_secret):
        return self.secret is not None and client_secret == self.secret

    def check_endpoint_auth_method(self, method, endpoint):
        return method == ("none" if self.secret is None else "client_secret_basic")

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type in ("authorization_code", "refresh_token")


@dataclass
class Code(AuthorizationCodeMixin):
    code: str
    client_id: str
    redirect_uri: str
    scope: str
    code_challenge: str
    code_challenge_method: str
    made: float = field(default_factory=time.time)

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope


@dataclass
class Token(TokenMixin):
    client_id: str
    access_token: str
    refresh_token: str
    scope: str
    expires_in: int
    revoked: bool = False
    spent: bool = False
    made: float = field(default_factory=time.time)

    def check_client(self, client):
        return self.client_id == client.client_id

    def get_scope(self):
        return self.scope

    def get_expires_in(self):
        return self.expires_in

    def is_expired(self):
        return self.made + self.expires_in < time.time()

    def is_revoked(self):
        return self.revoked


CLIENTS = {each.client_id: each for each in (
    # What Basic must encode first (RFC 6749 §2.3.1) is no trouble to X, which issues none of it.
    Client("public-client"), Client("confidential-client", "a-secret.of_the~client"))}
CODES, TOKENS = {}, []


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = AUTHENTICATION

    def save_authorization_code(self, code, request):
        CODES[code] = Code(
            code, request.client.client_id, request.payload.redirect_uri, request.payload.scope,
            request.payload.data["code_challenge"], request.payload.data["code_challenge_method"])

    def query_authorization_code(self, code, client):
        found = CODES.get(code)
        is_good = found and found.client_id == client.client_id and time.time() < found.made + 30
        return found if is_good else None

    def delete_authorization_code(self, authorization_code):
        del CODES[authorization_code.code]

    def authenticate_user(self, authorization_code):
        return "authlib"


class OnlyS256(CodeChallenge):
    """`plain` protects from nobody who saw the request."""
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]


class RefreshGrant(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = AUTHENTICATION
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token):
        found = next((each for each in TOKENS if each.refresh_token == refresh_token), None)
        return found if found and not found.revoked and not found.spent else None

    def authenticate_user(self, refresh_token):
        return "authlib"

    def revoke_old_credential(self, refresh_token):
        refresh_token.spent = True


class Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = AUTHENTICATION

    def query_token(self, token_string, token_type_hint):
        names = [token_type_hint] if token_type_hint else ["access_token", "refresh_token"]
        return next((each for each in TOKENS for name in names
                     if getattr(each, name) == token_string), None)

    def revoke_token(self, token, request):
        token.revoked = True


class Validator(BearerTokenValidator):
    def authenticate_token(self, token_string):
        return next((each for each in TOKENS if each.access_token == token_string), None)


app = Flask(__name__)
app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"authorization_code": 7200, "refresh_token": 7200}
server = AuthorizationServer(
    app, query_client=CLIENTS.get,
    save_token=lambda token, request: TOKENS.append(Token(
        request.client.client_id, token["access_token"], token["refresh_token"],
        token["scope"], token["expires_in"])))
server.register_grant(CodeGrant, [OnlyS256(required=True)])
server.register_grant(RefreshGrant)
server.register_endpoint(Revocation)
protected = ResourceProtector()
protected.register_token_validator(Validator())


@app.get("/i/oauth2/authorize")
def consent():
    grant = server.get_consent_grant(end_user="authlib")
    return (f"<!doctype html><title>Consent</title><p>{grant.client.client_id} asks for access."
            "<form method=post><button name=answer value=yes>Authorize</button> "
            "<button name=answer value=no>Cancel</button></form>")


@app.post("/i/oauth2/authorize")
def consented():
    user = "authlib" if request.form.get("answer") == "yes" else None
    return server.create_authorization_response(
        grant=server.get_consent_grant(end_user="authlib"), grant_user=user)


@app.post("/2/oauth2/token")
def token():
    return server.create_token_response()


@app.post("/2/oauth2/revoke")
def revoke():
    return server.create_endpoint_response(Revocation.ENDPOINT_NAME)


@app.get("/2/users/me")
@protected()
def account():
    return jsonify(data={"id": "1", "name": "Authlib", "username": current_token and "authlib"})


@app.after_request
def note(response):
    if request.method == "POST" and request.path.startswith("/2/"):
        how = "basic" if request.authorization else "none"
        print(request.path, request.form.get("grant_type", "-"), how, response.status_code,
              file=sys.stderr, flush=True)
    return response


class Quiet(WSGIRequestHandler):
    def log_request(self, *_):
        pass


certificate = tuple(sys.argv[2:4]) or None
running = make_server(
    "127.0.0.1", 0, app, threaded=True, request_handler=Quiet, ssl_context=certificate)
print(running.server_port, flush=True)
running.serve_forever()
