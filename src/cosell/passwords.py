"""Database addresses as they may be shown."""


def without_password(url: str) -> str:
    """The URL without a password and without parameters, which may hold one."""
    scheme, separator, rest = url.partition("://")
    user, at, place = rest.rpartition("@")
    return f"{scheme}{separator}{user.partition(':')[0]}{at}{place.partition('?')[0]}" if at else url.partition("?")[0]
