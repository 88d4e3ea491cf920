"""Zenskar checkout sessions, read from the rulings a second time: lists and dicts alone."""

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .common import (
    Clock,
    Cursors,
    Refusal,
    Variant,
    Vendor,
    build,
    new_uuid,
    read_json,
    single,
    utc_now,
)
from .values import BadValueError, canonical, in_utc, integer, is_uuid, moment, stamp
from .zenskar_bodies import (
    CANCEL,
    CONFIRM,
    UPDATE,
    Faults,
    body_faults,
    create_faults,
    currency_faults,
    fault,
)
from .zenskar_rows import (
    FILTERS,
    HIDDEN,
    SORTABLE,
    Order,
    Organisation,
    Record,
    blank,
    estimates,
    fresh_state,
    product_lines,
    value_of,
)

UNWRITTEN = (
    "id", "checkout_session_status", "payment_status", "contract_id", "execution_id",
    "confirmed_at", "paid_at", "payment_intent_id", "estimates", "last_activity_at",
    "completed_at", "created_at", "updated_at", *HIDDEN,
)  # fmt: skip
JOINED = ("customer", "attribution", "custom_data")


class Zenskar:
    """The operations on one state."""

    def __init__(self, variant: Variant, clock: Clock) -> None:
        self.vendor = Vendor(lambda _status, text: {"detail": text}, variant)
        self.variant = variant
        self.clock = clock
        self.cursors = Cursors()
        self.state = fresh_state(variant, clock())

    def authorize(self, request: Request) -> Organisation:
        """The organisation that asks, with its own key."""
        found = self.state.organisations.get(request.headers.get("organisation", ""))
        if found is None or found.key != request.headers.get("x-api-key"):
            text = "The API key or the organisation is missing or wrong."
            raise self.vendor.refusal(401, text, {"WWW-Authenticate": "ApiKey"})
        return found

    # ---------------------------------------------------------------------------------- list

    async def search(self, request: Request) -> Response:
        """One page of the sessions that pass all filters."""
        organisation = self.authorize(request)
        limit, order, cursor, wanted = self._query(request)
        asks_deleted = any(name.startswith("deleted_at") for name in wanted)
        rows = order.sorted(
            [
                row
                for row in self._rows()
                if row["organisation_id"] == organisation.id
                and (asks_deleted or row["deleted_at"] is None)
                and all(FILTERS[name].keeps(row, value) for name, value in wanted.items())
            ]
        )
        filters = [[name, repr(value)] for name, value in sorted(wanted.items())]
        binding = canonical([organisation.id, order.member, order.descending, filters])
        start, end = self._span(rows, order, limit, cursor, binding)
        shown = rows[start:end]

        def seal(row: Record, direction: str) -> str:
            edge = {"value": row[order.member], "id": row["id"]}
            return self.cursors.seal({**edge, "to": direction, "for": binding})

        previous = None
        if start > 0:
            # A page without rows has no first one: what stands before it is found by the last.
            previous = seal(shown[0], "previous") if shown else seal(rows[-1], "until")
        answer = {
            "results": [self._members(row) for row in shown],
            "next": seal(shown[-1], "next") if shown and end < len(rows) else None,
            "previous": previous,
            "total_count": len(rows),
        }
        return JSONResponse(self.vendor.more(answer))

    def _query(self, request: Request) -> tuple[int, Order, str | None, dict[str, Any]]:
        faults = []
        values: dict[str, Any] = {}
        parsers: dict[str, Callable[[str], Any]] = {
            "limit": lambda text: integer(text, 1, 100),
            "order": _order,
            "cursor": str,
            **{name: found.parse for name, found in FILTERS.items()},
        }
        for name, parse in parsers.items():
            try:
                text = single(request, name)
                if text is not None:
                    values[name] = parse(text)
            except BadValueError as error:
                faults.append(fault(("query", name), str(error)))
        if faults:
            raise Refusal(422, {"detail": faults})
        limit, order = values.pop("limit", 20), values.pop("order", Order("created_at", True))
        return limit, order, values.pop("cursor", None), values

    def _span(
        self, rows: list[Record], order: Order, limit: int, cursor: str | None, binding: str
    ) -> tuple[int, int]:
        """From where to where a page goes; rows made or gone since the last do not move it."""
        if cursor is None:
            return 0, limit
        try:
            edge = self.cursors.open(cursor)
            if edge["for"] != binding:
                raise BadValueError("the cursor belongs to other filters or another order")
        except BadValueError as error:
            raise self.vendor.refusal(400, str(error)) from error
        at = value_of({order.member: edge["value"]}, order.member), edge["id"]
        places = [order.place(row) for row in rows]
        before = sum(order.precedes(place, at) for place in places)
        through = sum(not order.precedes(at, place) for place in places)
        if edge["to"] == "next":
            return through, through + limit
        end = before if edge["to"] == "previous" else through
        return max(0, end - limit), end

    def _rows(self) -> list[Record]:
        """All sessions, after those whose time was over have closed."""
        now = moment(stamp(self.clock()))
        for row in self.state.sessions:
            ends = row["expires_at"] if row["checkout_session_status"] == "open" else None
            if ends is not None and moment(ends) <= now:
                row["checkout_session_status"] = "closed"
        return self.state.sessions

    def shown(self, row: Record) -> Record:
        """The session as answers show it, closed if its time is over."""
        self._rows()
        return self._members(row)

    def _members(self, row: Record) -> Record:
        return self.vendor.more({key: row[key] for key in row if key not in HIDDEN})

    # -------------------------------------------------------------------------- one session

    async def read(self, request: Request) -> Response:
        """One session."""
        organisation = self.authorize(request)
        self._refuse(self._path_faults(request))
        return JSONResponse(self.shown(self._found(request, organisation)))

    async def create(self, request: Request) -> Response:
        """A new session, or the first one of the same idempotency key."""
        organisation = self.authorize(request)
        body = await self._body(request)
        self._refuse([*create_faults(body)])
        lines = self._lines(body["contract"])
        key = body.get("idempotency_key")
        identity, sent = (organisation.id, key or ""), canonical(body)
        if key is not None and (row := self._first(identity, sent)):
            return JSONResponse(self.shown(row))
        now = stamp(self.clock())
        row = blank(self.variant, organisation.id, now)
        row |= {name: body[name] for name in body if name in row and name not in UNWRITTEN}
        row["currency"] = body.get("currency", body["contract"]["currency"])
        row["estimates"] = estimates(self.variant, lines)
        if row["guest_checkout"]:
            row["customer_id"] = None
        self._tidy(row)
        self.state.sessions.append(row)
        if key is not None:
            self.state.firsts[identity] = sent, row
        return JSONResponse(self.shown(row))

    def _first(self, identity: tuple[str, str], sent: str) -> Record | None:
        earlier = self.state.firsts.get(identity)
        if earlier is None:
            organisation, key = identity
            for row in self.state.sessions:
                # A session of the start was made by a body that nobody can repeat.
                if (row["organisation_id"], row["idempotency_key"]) == (organisation, key):
                    earlier = "", row
        if earlier is None:
            return None
        body, row = earlier
        if body != sent:
            raise self.vendor.refusal(400, "This key was sent before with another body.")
        return row

    async def update(self, request: Request) -> Response:
        """The members that were sent, set."""
        organisation = self.authorize(request)
        body = await self._body(request)
        faults = [*self._path_faults(request), *body_faults(body, UPDATE)]
        self._refuse(faults or currency_faults(body))
        row = self._found(request, organisation)
        lines = self._lines(body["contract"]) if "contract" in body else None
        if "customer" in body and not row["guest_checkout"]:
            self._refuse([fault(("body", "customer"), "only a guest's session takes a customer")])
        self._must_be(row, "checkout_session_status", "open")
        self._must_be(row, "payment_status", "not_started")
        now = stamp(self.clock())
        # The history is the server's, whatever the caller sent or cleared.
        history = (row["custom_data"] or {}).get("update_history", [])
        names = [name for name in body if name in UPDATE and name not in ("reason", "note")]
        for name in names:
            joins = name in JOINED and row[name] is not None and body[name] is not None
            row[name] = {**row[name], **body[name]} if joins else body[name]
        if lines is not None:
            row["estimates"] = estimates(self.variant, lines)
        why = {"reason": body.get("reason"), "note": body.get("note"), "timestamp": now}
        entry = {"timestamp": now, "updated_fields": names, "metadata": why}
        row["custom_data"] = {**(row["custom_data"] or {}), "update_history": [*history, entry]}
        row |= {"updated_at": now, "last_activity_at": now}
        self._tidy(row, keep_history=True)
        return JSONResponse(self.shown(row))

    async def confirm(self, request: Request) -> Response:
        """The purchase made."""
        organisation = self.authorize(request)
        body = await self._body(request)
        self._refuse([*self._path_faults(request), *body_faults(body, CONFIRM, "confirmation")])
        row = self._found(request, organisation)
        self._must_be(row, "checkout_session_status", "open")
        now, how = stamp(self.clock()), body["confirmation"]
        row |= {"confirmed_at": now, "updated_at": now, "last_activity_at": now}
        row["contract_id"] = new_uuid(self.variant)
        row["customer_id"] = row["customer_id"] or new_uuid(self.variant)
        if how == "charge_when_due":
            row |= {"checkout_session_status": "processing", "payment_status": "pending"}
        else:
            row |= {"checkout_session_status": "completed", "completed_at": now}
            row["payment_status"] = "no_payment_required"
        if how == "charge_immediately":
            row |= {"payment_status": "paid", "paid_at": now}
            if body.get("redirect") and row["success_url"]:
                return Response(status_code=302, headers={"Location": row["success_url"]})
        return JSONResponse(self.shown(row))

    async def cancel(self, request: Request) -> Response:
        """The session given up."""
        organisation = self.authorize(request)
        body = await self._body(request, optional=True)
        self._refuse([*self._path_faults(request), *body_faults(body, CANCEL)])
        row = self._found(request, organisation)
        self._must_be(row, "checkout_session_status", "open")
        self._must_be(row, "payment_status", "not_started", "failed", "no_payment_required")
        now = stamp(self.clock())
        details = {name: body.get(name) for name in CANCEL} | {"cancelled_at": now}
        row |= {"checkout_session_status": "cancelled", "updated_at": now, "last_activity_at": now}
        row |= {"cancelled_at": now, "cancellation_details": details}
        answer = {
            "checkout_session_status": "cancelled",
            "payment_status": row["payment_status"],
            "cancelled_at": now,
            "cancellation_details": details,
            "estimates": row["estimates"],
            "contract": row["contract"],
            "redirect_url": row["cancel_url"],
        }
        return JSONResponse(self.vendor.more(answer))

    # ------------------------------------------------------------------------------ helpers

    def _found(self, request: Request, organisation: Organisation) -> Record:
        key = request.path_params["id"]
        for row in self._rows():
            wanted = (row["id"], row["organisation_id"]) == (key, organisation.id)
            if wanted and row["deleted_at"] is None:
                return row
        raise self.vendor.refusal(404, "There is no such checkout session.")

    def _must_be(self, row: Record, member: str, *allowed: str) -> None:
        if row[member] not in allowed:
            raise self.vendor.refusal(400, f"{member} is {row[member]}.")

    def _path_faults(self, request: Request) -> list[dict[str, Any]]:
        place = ("path", "checkout_session_id")
        good = is_uuid(request.path_params["id"])
        return [] if good else [fault(place, "value is not a valid uuid", "type_error.uuid")]

    def _refuse(self, faults: Faults | list[dict[str, Any]]) -> None:
        if found := list(faults):
            raise Refusal(422, {"detail": found})

    def _lines(self, contract: Record) -> list[Any]:
        if not contract["is_plan_based"]:
            return product_lines(contract)
        price = self.state.plans.get(contract["plan_id"].lower())
        if price is None:
            raise self.vendor.refusal(404, "There is no such plan.")
        return [({"name": "Plan", "unit_amount": float(price), "quantity": 1}, price)]

    async def _body(self, request: Request, *, optional: bool = False) -> Any:
        length = request.headers.get("content-length", "0")
        if optional and length == "0" and "transfer-encoding" not in request.headers:
            return {}
        try:
            return await read_json(request, self.vendor)
        except BadValueError as error:
            self._refuse([fault(("body",), str(error), "value_error.jsondecode")])

    def _tidy(self, row: Record, *, keep_history: bool = False) -> None:
        if row["expires_at"] is not None:
            row["expires_at"] = in_utc(row["expires_at"])
        if row["custom_data"] is not None and not keep_history:
            data = row["custom_data"]
            row["custom_data"] = {key: data[key] for key in data if key != "update_history"}


def _order(text: str) -> Order:
    member = text.removeprefix("-")
    if member not in SORTABLE:
        raise BadValueError("value is not a member to order by")
    return Order(member, text != member)


def app(variant: Variant = Variant.PLAIN, clock: Clock = utc_now) -> Starlette:
    """A server with sessions of its own."""
    subject = Zenskar(variant, clock)
    one = "/checkout/{id}"
    return build(
        {
            "/checkout": {"GET": subject.search, "POST": subject.create},
            one: {"GET": subject.read, "PUT": subject.update},
            f"{one}/confirm": {"POST": subject.confirm},
            f"{one}/cancel": {"POST": subject.cancel},
        },
        subject.vendor,
    )
