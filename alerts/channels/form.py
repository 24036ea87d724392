"""In which form a channel wants what it carries; a message's payload is UTF-8 in each of them.

mail: MIME bytes.
json: the digest as a JSON document.
note: JSON with `title`, `body` (plain text with its links) and, where there is one, `url`.
feed: JSON with `subscription`, `title`, `language`, `updated` and `entries`, each with `id`, `title`, `url`, `summary` (plain), `html`,
`published` (or null), `updated`, `authors` and `tags`.  All times are ISO 8601.
"""

from typing import Literal

Form = Literal["mail", "json", "note", "feed"]
