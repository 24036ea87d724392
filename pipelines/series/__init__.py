"""Chronicles the numbered series of a topic: which dialogue, patrol or session was when, where and led by whom, and which is missing."""

from pipelines.series.chronicle import chronicle, names
from pipelines.series.occasion import Chronicle, Head, Occasion, Report, since

__all__ = ["Chronicle", "Head", "Occasion", "Report", "chronicle", "names", "since"]
