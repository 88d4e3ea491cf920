"""Nexudus basket sessions, read from the rulings a second time: lists and dicts alone."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .common import (
    Clock,
    Refusal,
    Variant,
    Vendor,
    build,
    media_type,
    new_uuid,
    read_body,
    read_form,
    read_json,
    single,
    utc_now,
)
from .nexudus_rows import (
    LONG,
    MEMBERS,
    PARAMETERS,
    ROLES,
    Grant,
    Session,
    User,
    fresh_state,
    matches,
    sort_value,
)
from .values import BadValueError, integer, ordered, stamp

TOKEN_SECONDS = 604799
REFRESH_DAYS = 15
NEW_FOR = timedelta(hours=24)
DENIED = "Authorization has been denied for this request."
INVALID = "is not a valid value"
REQUIRED = "is a required field"


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of `Errors`."""

    attempted: Any
    message: str
    name: str


class Nexudus:
    """The operations on one state."""

    def __init__(self, variant: Variant, clock: Clock) -> None:
        self.vendor = Vendor(lambda _status, text: {"Message": text}, variant)
        self.variant = variant
        self.clock = clock
        self.state = fresh_state(variant, self.now())

    def now(self) -> datetime:
        """The time to the second: what is kept is what answers show, or filters would disagree."""
        return self.clock().replace(microsecond=0)

    # ------------------------------------------------------------------------------- who may

    def user(self, request: Request, role: str) -> User:
        """The user that asks, who must have the role."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        found = {"bearer": self._by_token, "basic": self._by_password}.get(scheme.lower())
        user = found(value.strip()) if found else None
        if user is None or not (user.administrator or ROLES[role] in user.roles):
            header = {"WWW-Authenticate": 'Bearer, Basic realm="nexudus"'}
            raise self.vendor.refusal(401, DENIED, header)
        return user

    def _by_token(self, token: str) -> User | None:
        grant = self.state.access.get(token)
        if grant is None or not grant.good(self.clock()):
            return None
        return self.state.users[grant.email]

    def _by_password(self, value: str) -> User | None:
        try:
            name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            return None
        user = self.state.users.get(name)
        return user if user and user.password == password else None

    # ---------------------------------------------------------------------------------- list

    async def search(self, request: Request) -> Response:
        """One page of the sessions that pass all filters."""
        self.user(request, "List")
        query = self._query(request)
        rows = [row for row in self.state.sessions if matches(row, query)]
        name, direction = query.get("orderBy", "Id"), query.get("dir", 1)
        rows = ordered(
            rows,
            lambda row: sort_value(self.record(row), name),
            lambda row: row.id,
            descending=direction == -1,
            # Null is the smallest value of all.
            nulls_first=direction == 1,
        )
        page, size = query.get("page", 1), query.get("size", 25)
        skipped = (page - 1) * size
        shown = rows[skipped : skipped + size]
        answer = {
            "Records": [self.vendor.more(self.record(row)) for row in shown],
            "CurrentPageSize": size,
            "CurrentPage": page,
            "CurrentOrderField": name,
            "CurrentSortDirection": direction,
            "FirstItem": skipped + 1 if shown else 0,
            "HasNextPage": skipped + size < len(rows),
            "HasPreviousPage": page > 1 and bool(rows),
            "LastItem": skipped + len(shown) if shown else 0,
            "PageNumber": page,
            "PageSize": size,
            "TotalItems": len(rows),
            "TotalPages": -(-len(rows) // size),
        }
        return JSONResponse(self.vendor.more(answer))

    def _query(self, request: Request) -> dict[str, Any]:
        values: dict[str, Any] = {}
        faults = []
        for name, parse in PARAMETERS.items():
            try:
                text = single(request, name)
                if text is not None:
                    values[name] = parse(text)
            except BadValueError:
                sent = request.query_params.getlist(name)
                faults.append(Fault(sent[0] if len(sent) == 1 else sent, INVALID, name))
        if faults:
            raise self.invalid(faults)
        return values

    def record(self, row: Session) -> dict[str, Any]:
        """The record as answers show it."""
        return {
            "Id": row.id,
            "BusinessId": row.business,
            "SessionId": row.session,
            "JsonContents": row.contents,
            "UpdatedOn": stamp(row.updated, "seconds"),
            "CreatedOn": stamp(row.created, "seconds"),
            "UniqueId": row.unique_id,
            "UpdatedBy": row.by,
            "IsNew": self.clock() < row.created + NEW_FOR,
            "SystemId": row.system,
            "ToStringText": "BasketSession",
            "LocalizationDetails": None,
            "CustomFields": None,
        }

    # ------------------------------------------------------------------------- one and writes

    async def read(self, request: Request) -> Response:
        """One bare record."""
        self.user(request, "Read")
        return JSONResponse(self.vendor.more(self.record(self._found(request))))

    async def create(self, request: Request) -> Response:
        """A new session."""
        user = self.user(request, "Create")
        body = await self._body(request, ("BusinessId", "SessionId"))
        now, state = self.now(), self.state
        row = Session(
            state.next_id,
            new_uuid(self.variant),
            int(body["BusinessId"]),
            body["SessionId"],
            body.get("JsonContents"),
            now,
            now,
            user.email,
            body.get("SystemId"),
        )
        state.next_id += 1
        state.sessions.append(row)
        return self._written("created", row)

    async def replace(self, request: Request) -> Response:
        """A session with all that can be written replaced; what is left out is cleared."""
        user = self.user(request, "Edit")
        body = await self._body(request, ("Id", "BusinessId", "SessionId"))
        old = self._by_id(int(body["Id"]))
        row = replace(
            old,
            business=int(body["BusinessId"]),
            session=body["SessionId"],
            contents=body.get("JsonContents"),
            system=body.get("SystemId"),
            updated=self.now(),
            by=user.email,
        )
        self.state.sessions[self.state.sessions.index(old)] = row
        return self._written("updated", row)

    async def delete(self, request: Request) -> Response:
        """A session taken away; its id is not given out again."""
        user = self.user(request, "Delete")
        row = self._found(request)
        self.state.sessions.remove(row)
        return self._written("deleted", replace(row, updated=self.now(), by=user.email))

    def _found(self, request: Request) -> Session:
        try:
            return self._by_id(integer(request.path_params["id"], *LONG))
        except BadValueError:
            return self._by_id(None)

    def _by_id(self, key: int | None) -> Session:
        for row in self.state.sessions:
            if row.id == key:
                return row
        raise self.vendor.refusal(404, "BasketSession not found.")

    async def _body(self, request: Request, required: tuple[str, ...]) -> dict[str, Any]:
        try:
            body = await read_json(request, self.vendor)
        except BadValueError:
            raise self.invalid([Fault(None, INVALID, "body")]) from None
        if not isinstance(body, dict):
            raise self.invalid([Fault(body, INVALID, "body")])
        faults = []
        for name, is_good in MEMBERS.items():
            value = body.get(name)
            if value is None:
                if name in required:
                    faults.append(Fault(None, REQUIRED, name))
            elif not is_good(value) and (name != "Id" or "Id" in required):
                faults.append(Fault(value, INVALID, name))
        if faults:
            raise self.invalid(faults)
        return body

    def invalid(self, faults: list[Fault]) -> Refusal:
        """A 400 that names each fault."""
        errors = [
            {
                "AttemptedValue": fault.attempted,
                "Message": fault.message,
                "PropertyName": fault.name,
            }
            for fault in faults
        ]
        return Refusal(
            400,
            {
                "Message": "\n".join(f"{fault.name}: {fault.message}" for fault in faults),
                "Value": None,
                "Errors": errors,
                "WasSuccessful": False,
            },
        )

    def _written(self, what: str, row: Session) -> Response:
        answer = {
            "Status": 200,
            "Message": f"BasketSession was successfully {what}.",
            "Value": self.vendor.more({"Id": row.id}),
            "OpenInDialog": False,
            "OpenInWindow": False,
            "RedirectURL": None,
            "JavaScript": None,
            "UpdatedOn": stamp(row.updated, "seconds"),
            "UpdatedBy": row.by,
            "Errors": None,
            "WasSuccessful": True,
        }
        return JSONResponse(self.vendor.more(answer))

    # -------------------------------------------------------------------------------- tokens

    async def token(self, request: Request) -> Response:
        """A bearer token, for a password or a refresh token."""
        kind = media_type(request)
        if kind == "application/json":
            await read_body(request, self.vendor)
            raise Refusal(400, {"error": "unsupported_grant_type"})
        if kind not in ("", "application/x-www-form-urlencoded"):
            await read_body(request, self.vendor)
            raise self.vendor.refusal(415, f"The content type {kind} is not read here.")
        form = await read_form(request, self.vendor)
        grants = {"password": self._for_password, "refresh_token": self._for_refresh}
        if form.get("grant_type") not in grants:
            raise Refusal(400, {"error": "unsupported_grant_type"})
        found = grants[form["grant_type"]](form)
        if found is None:
            text = "The name, password, refresh token or client is not right."
            raise Refusal(400, {"error": "invalid_grant", "error_description": text})
        return self._issued(*found)

    def _for_password(self, form: Mapping[str, str]) -> tuple[str, str] | None:
        user = self.state.users.get(form.get("username", ""))
        if user is None or user.password != form.get("password"):
            return None
        return user.email, form.get("client_id", user.email)

    def _for_refresh(self, form: Mapping[str, str]) -> tuple[str, str] | None:
        grant = self.state.refresh.get(form.get("refresh_token", ""))
        if grant is None or not grant.good(self.clock()):
            return None
        client = form.get("client_id", grant.email)
        return (grant.email, client) if client == grant.client else None

    def _issued(self, email: str, client: str) -> Response:
        now, state = self.clock(), self.state
        state.refresh = {
            token: grant
            for token, grant in state.refresh.items()
            if (grant.email, grant.client) != (email, client)
        }
        access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        state.access[access] = Grant(email, client, now + timedelta(seconds=TOKEN_SECONDS))
        state.refresh[refresh] = Grant(email, client, now + timedelta(days=REFRESH_DAYS))
        answer = {
            "access_token": access,
            "token_type": "bearer",
            "expires_in": TOKEN_SECONDS,
            "refresh_token": refresh,
        }
        return JSONResponse(self.vendor.more(answer))


def app(variant: Variant = Variant.PLAIN, clock: Clock = utc_now) -> Starlette:
    """A server with rows and tokens of its own."""
    subject = Nexudus(variant, clock)
    return build(
        {
            "/api/billing/basketsessions": {
                "GET": subject.search,
                "POST": subject.create,
                "PUT": subject.replace,
            },
            "/api/billing/basketsessions/{id}": {"GET": subject.read, "DELETE": subject.delete},
            "/api/token": {"POST": subject.token},
        },
        subject.vendor,
    )
