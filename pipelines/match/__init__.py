"""Which topics is an article about, and why: pure, from a topic file to a verdict that explains itself."""

from pipelines.match.matcher import Matcher
from pipelines.match.schema import topic_schema
from pipelines.match.topic import Topic

__all__ = ["Matcher", "Topic", "topic_schema"]
