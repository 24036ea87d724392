"""The small piece of vov.vn that the crawls of the tests meet."""

from crawler.catalogue import all_sites

FEED = "https://vov.vn/rss.xml"
DIALOGUE = "https://vov.vn/quan-su-quoc-phong/doi-thoai-quoc-phong-post1300001.vov"
MATCH = "https://vov.vn/the-thao/tran-dau-post1300002.vov"
VOV = all_sites()["vov"]
LISTINGS = list(VOV.feeds)
