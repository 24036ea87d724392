"""The command `tuantra`: each command a docstring with an example and one call into jobs.

Nothing heavy is imported here: `tuantra --help` answers in under 0.3 s.
"""

import sys

import click

from crawler.cli.archive import archive_group
from crawler.cli.language import SpokenGroup, _, said
from crawler.cli.look import explain, export, sites_command
from crawler.cli.mail import mail_group, subscriptions_command
from crawler.cli.outbox import outbox_group
from crawler.cli.pages import extract_command, match_command, save_command
from crawler.cli.series import series_command
from crawler.cli.setup import config_group, demo, init
from crawler.cli.stories import diff_command, stories_command, story_command
from crawler.cli.tell import digest
from crawler.cli.topics import backtest_command, mark_command, rematch_command
from crawler.cli.watch import crawl_command, run

FAILED, WRONG = 1, 2


@click.group(cls=SpokenGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="tuantra", message="tuantra %(version)s", help=_("Show the version and exit."))
def tuantra() -> None:
    """Watch the Vietnamese press for Vietnam–Cambodia defence news and mail what is new.

    \b
    Example:
      tuantra init && tuantra run

    Exit status: 0 done, 1 failed, 2 wrong usage or configuration, 3 nothing found or page rejected.
    """


for command in (
    init,
    config_group,
    run,
    crawl_command,
    digest,
    subscriptions_command,
    outbox_group,
    mail_group,
    sites_command,
    stories_command,
    story_command,
    diff_command,
    series_command,
    explain,
    export,
    extract_command,
    match_command,
    backtest_command,
    rematch_command,
    mark_command,
    archive_group,
    save_command,
    demo,
):
    tuantra.add_command(command)


def main() -> None:
    """Run the program; what people did wrong is told in one line each, without a traceback."""
    try:
        sys.exit(tuantra(standalone_mode=False))
    except click.ClickException as error:
        click.echo(said(error), err=True)
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo(_("Stopped."), err=True)
        sys.exit(FAILED)
    except BrokenPipeError:
        # The reader of the pipe (head, less) has seen enough.
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - what is not ours is raised again
        sys.exit(_told(error))


def _told(error: Exception) -> int:
    """Print an error of ours and give its exit status; raise any other again."""
    from crawler.toml import ConfigError  # noqa: PLC0415 - these would slow down every --help
    from news.problem import Problem  # noqa: PLC0415

    if not isinstance(error, Problem):
        raise error
    click.echo(error.said(_), err=True)
    return WRONG if isinstance(error, ConfigError) else FAILED
