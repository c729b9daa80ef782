"""The plan of a recipe's priorities, each indicator of incidents with the source that it counts."""

from __future__ import annotations

from dataclasses import replace

from hotspots.analysis.recipe.tables import Recipe
from hotspots.base.errors import did_you_mean
from hotspots.base.toml import Slips
from hotspots.priorities.indicators import Indicator
from hotspots.priorities.plan import Plan, read_plan


def recipe_plan(recipe: Recipe) -> Plan:
    """Read the plan that a recipe names, and settle which of its sources each indicator counts.

    An indicator counts the source that it names with `incidents`, else the one that ``[select]`` names. Where the
    recipe has a single source, none need be named.

    Returns
    -------
    Plan
        Its indicators of incidents name their source where the recipe has several, and none where it has one.

    Raises
    ------
    FileError, RecipeError, ParameterError
        As `read_plan`; and when an indicator names no source or one that is not in the recipe, all of them at once.
    """
    assert recipe.select is not None  # noqa: S101 - the caller checked; this tells the type checker
    plan = read_plan(recipe.path(recipe.select.plan))
    names = [one.name for one in recipe.incidents]
    slips = Slips("plan")
    settled = []
    for entry in plan.indicator:
        label = (
            entry.name or entry.group or ", ".join(entry.category) or entry.incidents or entry.source or "one"
        )
        named = entry.incidents or recipe.select.incidents
        if entry.incidents is not None and entry.incidents not in names:
            slips.add(
                f"the indicator '{label}' names the incidents '{entry.incidents}', which are not in the recipe",
                did_you_mean(entry.incidents, names)
                if any(names)
                else "leave 'incidents' out: there is one source, without a name",
            )
        elif entry.counted and named is None and len(names) > 1:
            slips.add(
                f"the indicator '{label}' does not say of which incidents it is, and there are {len(names)}",
                f'add a line such as: incidents = "{names[0]}"',
            )
        settled.append(_of_source(entry, named if len(names) > 1 else None))
    slips.raise_any()
    return replace(plan, indicator=tuple(settled))


def _of_source(entry: Indicator, named: str | None) -> Indicator:
    """Return an indicator that counts the source named, where it is one of several and the indicator of incidents."""
    if not entry.counted:
        return entry
    said = entry.group is not None or entry.category or entry.exclude
    if named is not None:
        # An indicator that says nothing at all is refused for that, as it is with a single source.
        return replace(entry, incidents=named) if said or entry.incidents else entry
    alone = entry.incidents is not None and not said
    return replace(
        entry,
        name=entry.name or (entry.incidents or "" if alone else ""),
        group="all" if alone else entry.group,
        incidents=None,
    )
