"""How the laws read `Set-Cookie`: the judge's own reading, of what attributes a cookie has."""

from http.cookies import CookieError, Morsel, SimpleCookie

from .exchange import Exchange


def morsel(answer: Exchange, name: str) -> Morsel[str] | None:
    """The cookie of that name that an answer sets, with its attributes; None where it sets none."""
    for line in answer.set_cookies:
        try:
            found = SimpleCookie(line).get(name)
        except CookieError:
            continue
        if found is not None:
            return found
    return None
