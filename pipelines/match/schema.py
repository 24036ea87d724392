"""The JSON schema of a topic file, made from the dataclasses that read it."""

from typing import Any

import msgspec

from pipelines.match.topic import Topic


def topic_schema() -> dict[str, Any]:
    """A schema for editors; a key that no dataclass has is a mistake."""
    (schema,), parts = msgspec.json.schema_components([Topic], ref_template="#/$defs/{name}")
    for part in parts.values():
        if "properties" in part:
            part["additionalProperties"] = False
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A topic of Tuần tra",
        **schema,
        "$defs": parts,
    }
