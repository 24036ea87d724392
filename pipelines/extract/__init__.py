"""Finds the article in a page: by the paper's layouts first, by shape and by what the page claims where no layout holds."""

from pipelines.extract.article import extract, layout_holds
from pipelines.extract.layout import Layout, Paper
from pipelines.extract.page import decode, refuse

__all__ = ["Layout", "Paper", "decode", "extract", "layout_holds", "refuse"]
