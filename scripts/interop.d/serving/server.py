"""A stand-in for xmcp, X's own MCP server: tools made from an OpenAPI document by fastmcp, over one
httpx client. Loads the .env beside this file over its environment, and reads the token once, at the
start.
"""
import os
from pathlib import Path

import httpx
from dotenv import load_dotenv
from fastmcp import FastMCP

SPEC = {
    "openapi": "3.0.0",
    "info": {"title": "X API v2 (stand-in)", "version": "2.0"},
    "servers": [{"url": "https://api.x.com"}],
    "paths": {
        "/2/users/me": {"get": {
            "operationId": "getUsersMe", "summary": "Get my User", "tags": ["Users"],
            "parameters": [{"name": "user.fields", "in": "query", "required": False,
                            "schema": {"type": "string"}}],
            "responses": {"200": {"description": "ok", "content": {"application/json": {
                "schema": {"type": "object"}}}}}}},
        "/2/users/{id}/bookmarks": {"get": {
            "operationId": "getBookmarks", "summary": "Get Bookmarks", "tags": ["Bookmarks"],
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                {"name": "max_results", "in": "query", "required": False,
                 "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
                {"name": "pagination_token", "in": "query", "required": False,
                 "schema": {"type": "string"}}],
            "responses": {"200": {"description": "ok", "content": {"application/json": {
                "schema": {"type": "object"}}}}}}},
        "/2/tweets": {"post": {
            "operationId": "createTweet", "summary": "Create Post", "tags": ["Posts"],
            "requestBody": {"required": True, "content": {"application/json": {"schema": {
                "type": "object", "required": ["text"],
                "properties": {"text": {"type": "string"}}}}}},
            "responses": {"201": {"description": "ok", "content": {"application/json": {
                "schema": {"type": "object"}}}}}}},
        "/2/media/upload": {"post": {
            "operationId": "mediaUpload", "summary": "Upload media", "tags": ["Media"],
            "requestBody": {"required": True, "content": {"application/json": {"schema": {
                "type": "object", "required": ["media"],
                "properties": {"media": {"type": "string", "description": "base64"},
                               "media_category": {"type": "string"}}}}}},
            "responses": {"200": {"description": "ok", "content": {"application/json": {
                "schema": {"type": "object"}}}}}}},
    },
}


def all_tools():
    """fastmcp before 2.8 makes resources of GETs unless told otherwise."""
    try:
        from fastmcp.server.openapi import RouteMap, RouteType
    except ImportError:
        return {}
    return {"route_maps": [
        RouteMap(methods=["GET", "POST"], pattern=".*", route_type=RouteType.TOOL)]}


def main():
    load_dotenv(Path(__file__).resolve().parent / ".env", override=True)
    token = os.environ.get("X_OAUTH2_ACCESS_TOKEN", "")
    if not token:
        raise SystemExit("X_OAUTH2_ACCESS_TOKEN is not set")
    client = httpx.AsyncClient(
        base_url=os.environ.get("X_API_BASE_URL") or "https://api.x.com",
        headers={"Authorization": f"Bearer {token}"}, timeout=30)
    mcp = FastMCP.from_openapi(openapi_spec=SPEC, client=client, name="X API MCP", **all_tools())
    mcp.run(transport="streamable-http", host="127.0.0.1", port=int(os.environ["MCP_PORT"]))


main()
