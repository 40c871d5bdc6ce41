"""Entity tags: which version an If-Match means (RFC 9110, sections 8.8.3 and 13.1.1)."""

import re

TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
LIST = re.compile(rf"[ \t,]*{TAG}(?:[ \t]*,[ \t,]*{TAG})*[ \t,]*")
ONE = re.compile(TAG)


def if_match_fault(if_match: str, version: int) -> str | None:
    """Why a version is not one that an If-Match means, or None: it is.

    Tags are compared strongly: a weak one never matches, for whoever weakened it (a proxy that
    compresses, as a rule) says that these may not be the bytes that were sent.
    """
    if if_match.strip(" \t") == "*":
        return None
    current = f'"{version}"'
    if not LIST.fullmatch(if_match):
        return f"If-Match is no list of ETags. The current version is {version}: send {current}."
    tags = ONE.findall(if_match)
    if current in tags:
        return None
    if f"W/{current}" in tags:
        return f"A weak ETag never matches If-Match. Send the strong one, without W/: {current}."
    return (
        f"The current version is {version}. Read it, and send its ETag with the change: {current}."
    )


def not_modified(if_none_match: str, tag: str) -> bool:
    """Whether a caller has what a tag names, or says that anything will do; compared weakly."""
    if if_none_match.strip(" \t") == "*":
        return True
    if not LIST.fullmatch(if_none_match):
        return False
    return tag in (one.removeprefix("W/") for one in ONE.findall(if_none_match))
