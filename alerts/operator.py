"""Who runs the program, and how he is told that something is wrong: apart from the readers, and rarely."""

from dataclasses import dataclass
from datetime import timedelta

from alerts.safe import is_address
from alerts.subscription import Language
from news.problem import BadValueError

NAME = "operator"
"""Under this name notices are remembered; no subscription has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who gets notices (nobody named: there are none), in which language, and the least time between two of them.

    `every` is also how long something must be well again before that is told.  Below `disk_mb` the disk counts as full.
    """

    to: tuple[str, ...] = ()
    language: Language = "vi"
    every: timedelta = timedelta(hours=4)
    disk_mb: int = 500

    def __post_init__(self) -> None:
        for address in self.to:
            if not is_address(address):
                raise BadValueError("to: {address!r} is not an e-mail address; write 'name@example.org'", address=address)
        if len({address.casefold() for address in self.to}) < len(self.to):
            raise BadValueError("to: an address is named twice; remove one of the two")
        if self.language not in ("vi", "en"):
            raise BadValueError("language: {language!r} is not known; write 'vi' or 'en'", language=self.language)
        if self.every < timedelta(hours=1):
            raise BadValueError("every: notices do not come more than once an hour; write '4h'")
        if self.disk_mb < 0:
            raise BadValueError("disk_mb: is below nothing; write 500, or 0 to have the disk not watched")
