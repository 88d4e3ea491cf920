"""Curl lines, as documents and `serve` show them, sent without curl."""

import argparse
import re
import shlex

import requests


def send(line: str) -> requests.Response:
    """The answer to `curl [-X METHOD] [-H HEADER]... [-d BODY] URL`, continued lines included."""
    parser = argparse.ArgumentParser()
    parser.add_argument("curl", choices=["curl"])
    parser.add_argument("-X", dest="method")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-d", dest="body")
    parser.add_argument("url")
    asked = parser.parse_args(shlex.split(line.replace("\\\n", "")))
    return requests.request(
        asked.method or ("GET" if asked.body is None else "POST"),
        asked.url,
        headers=dict(header.split(": ", 1) for header in asked.headers),
        data=asked.body,
        timeout=10,
    )


def conversation(text: str) -> list[tuple[str, str]]:
    """Each curl line of a document with what is printed below it; empty where nothing is."""
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    said = []
    for part in "".join(blocks).split("$ ")[1:]:
        match = re.fullmatch(r"(curl.*?)(?:\n(\{.*|curl: .*))?\s*", part, re.DOTALL)
        assert match, part
        said.append((match[1], (match[2] or "").strip()))
    return said
