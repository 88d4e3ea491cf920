"""`Mount`: a contract served under a prefix."""

from dataclasses import dataclass

from ..fixtures.fixture import Fixture
from ..specs.contract import Contract
from ..specs.operation import Operation
from .api import Api
from .call import Answer
from .refusal import Refusal


@dataclass(frozen=True, slots=True)
class Mount:
    """One contract at `prefix` (`/nexudus`, or empty at the root).

    `is_vendors` is false for Understudy's own, which no fault meets and no journal tells of.
    """

    contract: Contract
    api: Api
    fixture: Fixture
    prefix: str
    is_vendors: bool = True

    def refused(self, refusal: Refusal, operation: Operation | None) -> Answer:
        """The vendor's answer to a refusal, with the place in the contract that refused."""
        answer = self.api.word(refusal, operation)
        at = self._reason(refusal, operation, answer.status)
        reason = f"{at}; {self.contract.place(at)}"
        headers = [*refusal.headers, ("Understudy-Reason", _latin(reason))]
        if answer.status == 401:
            headers.extend(self._challenges(operation))
        return answer._replace(headers=(*answer.headers, *headers))

    def reason(self, refusal: Refusal, operation: Operation | None) -> str:
        """The JSON Pointer of the place in the contract that refuses."""
        return self._reason(refusal, operation, refusal.status)

    @staticmethod
    def _reason(refusal: Refusal, operation: Operation | None, status: int) -> str:
        if refusal.at is not None:
            return refusal.at
        if refusal.invalid:
            return refusal.invalid[0].pointer
        response = operation.response(status) if operation else None
        if response is not None:
            return response.pointer
        return operation.pointer if operation else "/paths"

    def _challenges(self, operation: Operation | None) -> list[tuple[str, str]]:
        """What a 401 asks for (RFC 9110, 11.6.1), one for each scheme of the operation."""
        schemes = self.contract.security_schemes
        names = {name for group in (operation.security if operation else ()) for name, _ in group}
        words = {"basic": f'Basic realm="{self.contract.name}"', "bearer": "Bearer"}
        asked = []
        for name in sorted(names):
            scheme = schemes[name]
            kind = "bearer" if scheme["type"] == "oauth2" else scheme.get("scheme", "").lower()
            asked.append(words.get(kind, f'ApiKey name="{scheme.get("name", name)}"'))
        return [("WWW-Authenticate", ", ".join(asked))] if asked else []


def _latin(text: str) -> str:
    """`text` with what a header cannot hold as `%XX`."""
    return "".join(c if " " <= c <= "~" else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    """One character as the percent-encoded octets of its UTF-8."""
    return "".join(f"%{octet:02X}" for octet in character.encode())
