"""Which language is a text in: by its letters where they say it, by a model where they do not."""

import re

_KHMER = re.compile(r"[\u1780-\u17ff]")
# Letters that only Vietnamese uses in this density; é, à and the like are left out since French has them too.
_VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_ENOUGH = 0.05
_SAMPLE = 4000


def language_of(text: str, declared: str) -> str:
    """Give "vi", "km", "en" or another ISO 639-1 code; `declared` is what the page's html element says."""
    sample = text[:_SAMPLE]
    if len(_KHMER.findall(sample)) > len(sample) * _ENOUGH:
        return "km"
    if len(_VIETNAMESE.findall(sample)) > len(sample) * _ENOUGH:
        return "vi"
    declared = declared.lower()[:2]
    if declared == "en" and len(_LATIN.findall(sample)) > len(sample) / 2:
        return "en"
    return _guess(sample)


def _guess(sample: str) -> str:
    # Loaded only here: the model takes longer to load than a hundred pages take to read.
    from py3langid import langid  # noqa: PLC0415

    code, _ = langid.classify(sample)
    return str(code)
