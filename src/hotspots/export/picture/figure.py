"""A figure that a notebook shows when it is a cell's last line, without pyplot. Imports matplotlib at the top."""

from __future__ import annotations

from matplotlib.figure import Figure


class MapFigure(Figure):
    """A matplotlib figure with a picture of itself.

    Attributes
    ----------
    name, words : str
        Its title, and what it shows and where, for who cannot see it; files of it hold both.
    hatched : bool
        Whether rates of few incidents are hatched, where there are some: not where areas are too small for it.
    """

    name: str = ""
    words: str = ""
    hatched: bool = True

    def _repr_png_(self) -> bytes:
        """Return the picture at half of a slide's resolution."""
        from hotspots.export.picture.saving import PNG_DPI, picture_bytes

        return picture_bytes(self, "png", dpi=PNG_DPI / 2)
