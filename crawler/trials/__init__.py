"""Reading, matching and mailing by hand: one page, one paper, one topic, one mail."""
