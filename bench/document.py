"""`document`: an OpenAPI document with as many paths as are asked for, about 4 kB for each."""

from typing import Any

MEMBERS = 9


def document(paths: int) -> dict[str, Any]:
    """Each path `/resources/N` has a list and a create, with examples, and no clause."""
    return {
        "openapi": "3.0.3",
        "info": {"title": "Many paths", "version": "1"},
        "x-understudy": {"basis": "seed"},
        "paths": {f"/resources/{number}": _path(number) for number in range(1, paths + 1)},
    }


def _path(number: int) -> dict[str, Any]:
    row = {f"member{index}": f"value {index} of {number}" for index in range(MEMBERS)}
    schema = {
        "type": "object",
        "required": list(row),
        "properties": {
            name: {"type": "string", "maxLength": 100, "description": f"The member {name}."}
            for name in row
        },
    }
    body = {"application/json": {"schema": schema, "example": row}}
    return {
        "get": {
            "operationId": f"list_{number}",
            "parameters": [
                {"name": name, "in": "query", "schema": {"type": "integer", "minimum": 1}}
                for name in ("page", "size")
            ],
            "responses": {"200": {"description": "A row.", "content": body}},
        },
        "post": {
            "operationId": f"create_{number}",
            "requestBody": {"required": True, "content": body},
            "responses": {"201": {"description": "The row.", "content": body}},
        },
    }
