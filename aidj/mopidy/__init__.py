"""aidj in Mopidy: its sessions as one more source of music. Imported by Mopidy alone, which is an extra."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mopidy import config, ext

from aidj import __version__

if TYPE_CHECKING:
    from mopidy.ext import Registry

_DEFAULTS = """
[aidj]
enabled = true
data =
presenter =
talk =
"""


class Extension(ext.Extension):
    """What Mopidy finds under the entry point `mopidy.ext`."""

    dist_name = "aidj"
    ext_name = "aidj"
    version = __version__

    def get_default_config(self) -> str:
        """Return the settings there are; empty ones are as `aidj radio` has them."""
        return _DEFAULTS

    def get_config_schema(self) -> config.ConfigSchema:
        """Return what may be set."""
        from aidj.model import TALK_LEVELS

        schema = super().get_config_schema()
        schema["data"] = config.Path(optional=True)
        schema["presenter"] = config.String(optional=True)
        schema["talk"] = config.String(optional=True, choices=TALK_LEVELS)
        return schema

    def setup(self, registry: Registry) -> None:
        """Tell Mopidy what plays, and what keeps its tracklist."""
        from aidj.mopidy.backend import AidjBackend
        from aidj.mopidy.frontend import AidjFrontend

        registry.add("backend", AidjBackend)
        registry.add("frontend", AidjFrontend)
