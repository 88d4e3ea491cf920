"""Whether a host is this machine alone: what the server opens, and the judge may destroy."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine can reach `host`, a name or an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
