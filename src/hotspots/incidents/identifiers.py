"""Identifiers of people, callers and premises: hashed as soon as they are read, with a key that nobody keeps."""

from __future__ import annotations

import hashlib
import secrets

import numpy as np
import pandas as pd

from hotspots.base.text import plain_text
from hotspots.incidents.cells import is_no_id


def hashed(values: pd.Categorical) -> pd.Categorical:
    """Return identifiers as hashes with a key drawn for this call alone.

    The same identifier (whatever its case and blanks) has the same hash within the column. As the key is not
    kept, nothing that is written later can be led back to a name or number, not even by who has a list of all
    of them; and two readings of one file share no hash.

    Parameters
    ----------
    values : Categorical of str
        The texts of one column.

    Returns
    -------
    Categorical of str
        32 hexadecimal digits each. Zeros, "Not recorded", "unknown" and the like stand for nobody, and are NA.

    References
    ----------
    Saarinen, M.-J. and Aumasson, J.-P. (2015) The BLAKE2 Cryptographic Hash and Message Authentication Code
    (MAC). RFC 7693. https://doi.org/10.17487/RFC7693

    Examples
    --------
    >>> found = hashed(pd.Categorical(["V123", "unknown", " v123 ", "V124"]))
    >>> found[0] == found[2], found[0] == found[3], found.isna().tolist()
    (True, False, [False, True, False, False])
    """
    key = secrets.token_bytes(32)
    told = [plain_text(str(text)).casefold() for text in values.categories]
    codes = ["" if not text or is_no_id(text) else _digest(text, key) for text in told]
    # The order of categories is that of the hashes, and so tells nothing of that of the identifiers.
    categories = sorted({code for code in codes if code})
    place = {code: number for number, code in enumerate(categories)}
    led = np.array([*(place.get(code, -1) for code in codes), -1], dtype=np.int64)
    return pd.Categorical.from_codes(led[values.codes], categories=pd.Index(categories, dtype="str"))


def _digest(text: str, key: bytes) -> str:
    return hashlib.blake2b(text.encode(), key=key, digest_size=16).hexdigest()
