"""Crime and anti-social-behaviour hotspots: exact counts, rates, flags, density, Gi* and their maps.

What is public stands in ``__init__.pyi``, a line a name, for editors and type checkers as for Python. Names are
loaded when first used, so that importing the package costs nothing.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
