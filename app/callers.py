"""Who calls: API keys, and the host that a loopback server answers to.

Keys are compared as SHA-256, in constant time; without any key everybody who reaches the server may
use it, which is why such a server only listens on loopback (`settings.check_exposure`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from app.errors import ApiError

KEY_ID_DIGITS = 8


def identify(authorization: str | None, hashes: Sequence[str]) -> str:
    """Return the hash of the caller's key; empty where the server has no keys.

    Args:
        authorization: the header, `Bearer KEY`.
        hashes: SHA-256 of the valid keys, hex.

    Raises:
        ApiError: 401 if no valid key came.
    """
    if not hashes:
        return ""
    scheme, _, key = (authorization or "").partition(" ")
    digest = hashlib.sha256(key.strip().encode()).hexdigest() if scheme.lower() == "bearer" else ""
    matches = [hmac.compare_digest(digest, known) for known in hashes]  # all, in the same time
    if not any(matches):
        said = (
            "the API key is not valid" if digest else "no API key; send Authorization: Bearer KEY"
        )
        raise ApiError(401, said, "invalid_api_key", headers={"WWW-Authenticate": "Bearer"})
    return digest


def own_thread(thread_id: str | None, key_hash: str) -> str:
    """Return the id under which a caller's thread is kept; two keys never share one."""
    if not thread_id:
        return ""
    return f"{key_hash[:KEY_ID_DIGITS]}/{thread_id}" if key_hash else thread_id


def host_is_ours(host_header: str, bound_to: str, loopback: Sequence[str]) -> bool:
    """Say whether a request to a keyless server names it; a page of another site does not."""
    name = host_header.rsplit(":", 1)[0] if not host_header.endswith("]") else host_header
    return name.strip("[]").lower() in {*loopback, bound_to.lower()}
