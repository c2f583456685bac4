"""What MkDocs calls while it builds the site (`mkdocs.yml`, `hooks`)."""

from __future__ import annotations

from typing import Any

from mkdocs.structure.files import File

from pipelines.site.repository_pages import CLONE, DOCS, linked_files, site_path, site_text
from pipelines.site.stage_pages import stage_pages

STAGES = "stages/{}.md"


def on_config(config: Any) -> Any:
    """Put the pages of stages into the navigation, where it says `stages`."""
    pages = [{name: STAGES.format(name)} for name in stage_pages()]
    config.nav = [{"Stages": pages} if entry == "stages" else entry for entry in config.nav]
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the pages of stages, and the files of the repository that pages link to.

    Args:
        files: of `docs/`.
        config: of MkDocs.
    """
    for name, text in stage_pages().items():
        files.append(File.generated(config, STAGES.format(name), content=text))
    for file in linked_files():
        files.append(File.generated(config, site_path(file), abs_src_path=str(CLONE / file)))
    return files


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """The page with links between pages, and lists and tables where GitHub sees some."""
    stages = STAGES.partition("{")[0]
    if page.file.src_uri.startswith(stages):
        return markdown
    own = {site_path(file): file for file in linked_files()}
    return site_text(own.get(page.file.src_uri, DOCS + page.file.src_uri), markdown)
