"""A new edition beside the one before: what more is hidden so that the month between the two is not given back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.analysis.audit.conftest import BURGLARY, LSOAS, MONTHS, Publish, table

from hotspots.analysis.audit.audit import audit_folders
from hotspots.analysis.audit.beside import hidden_beside
from hotspots.analysis.audit.claims import Claim
from hotspots.analysis.audit.context import Context, Theme, period_key
from hotspots.analysis.audit.files import read_files
from hotspots.analysis.audit.shown import Page
from hotspots.base.errors import DataError
from hotspots.disclosure.counts import published
from hotspots.disclosure.rules import Profile, profile

pytestmark = pytest.mark.source  # long: once is enough

DOCUMENTS = profile("documents")
CONTEXT = Context(months=frozenset(MONTHS), themes={"burglary": Theme(frozenset({"Burglary"}))})
PERIODS = {"n": MONTHS, "n_2025_03": MONTHS[2:]}


def edition(monthly: np.ndarray, rules: Profile) -> pd.DataFrame:
    """What is shown of three months and of the last of them, each by itself."""
    counts = {"n": monthly.sum(axis=1), "n_2025_03": monthly[:, 2]}
    shown = {name: published(values, rules)["shown"].to_numpy() for name, values in counts.items()}
    return pd.DataFrame(shown, index=LSOAS.index)


def written(
    publish: Publish, name: str, shown: pd.DataFrame, rules: Profile, months: tuple[str, ...]
) -> Path:
    layer = table(LSOAS, **{str(column): shown[column] for column in shown})
    return publish(
        {"lsoas": layer},
        name=name,
        months=months,
        as_geopackage=False,
        recipe={"publish": {"profile": rules.name}},
    )


def dark(folder: Path, shown: pd.DataFrame, rules: Profile) -> pd.DataFrame:
    """What of an edition is hidden beside the folder of the one before."""
    claims = [
        Claim("new", "", name, "burglary", period_key(frozenset(months)), shown.index, values, values, True)
        for name, months in PERIODS.items()
        for values in (shown[name].to_numpy(dtype=float),)
    ]
    cells = hidden_beside(folder, claims, CONTEXT, rules=rules)
    return pd.DataFrame(
        {
            name: [("burglary", code, period_key(frozenset(months))) in cells for code in shown.index]
            for name, months in PERIODS.items()
        },
        index=shown.index,
    )


def test_a_month_between_two_editions_is_given_back_before_and_not_after(publish: Publish) -> None:
    # The first LSOA: 3 in two months, shown as 0; 5 in three, shown as 10; 2 in March, shown as 0. March is then
    # 0 to 4, and at least 5 - 4 = 1: that it is not 0 is told.
    monthly = BURGLARY.copy()
    monthly[0] = [1, 2, 2]
    first = pd.DataFrame(
        {"n": published(monthly[:, :2].sum(axis=1), DOCUMENTS)["shown"].to_numpy()}, LSOAS.index
    )
    february = written(publish, "february", first, DOCUMENTS, MONTHS[:2])
    shown = edition(monthly, DOCUMENTS)
    march = written(publish, "march", shown, DOCUMENTS, MONTHS)
    before = audit_folders([february, march])
    assert ("burglary", LSOAS.index[0], "2025-03") in set(
        before.given_back[["theme", "area", "period"]].itertuples(index=False, name=None)
    )
    hidden = dark(february, shown, DOCUMENTS)
    assert hidden.loc[LSOAS.index[0]].sum() == 1  # the month costs less than the total
    assert hidden.loc[LSOAS.index[0], "n_2025_03"]
    after = written(publish, "march_again", shown.mask(hidden), DOCUMENTS, MONTHS)
    assert audit_folders([february, after]).passed


@pytest.mark.parametrize("name", ["documents", "nhs"])
def test_no_random_edition_gives_a_count_back_beside_the_one_before(publish: Publish, name: str) -> None:
    rules, random = profile(name), np.random.default_rng(7)
    needed = 0
    for turn in range(4):
        monthly = random.poisson(random.gamma(2, 3, (len(LSOAS), 1)), (len(LSOAS), 3))
        counts = published(monthly[:, :2].sum(axis=1), rules)["shown"].to_numpy()
        first = written(publish, f"{turn}a", pd.DataFrame({"n": counts}, LSOAS.index), rules, MONTHS[:2])
        shown = edition(monthly, rules)
        if rules.hide == "suppress":
            shown = shown[["n"]].assign(n_2025_03=np.nan)  # months are left out
        hidden = dark(first, shown, rules)
        needed += int(hidden.to_numpy().sum())
        again = written(publish, f"{turn}b", shown.mask(hidden), rules, MONTHS)
        assert len(audit_folders([first, again]).given_back) == 0
    assert needed  # or nothing was tried


def test_an_earlier_edition_that_gives_a_count_back_by_itself_is_told(publish: Publish) -> None:
    # A rate to one decimal beside rounded counts tells the count, whatever is hidden now.
    exact = BURGLARY[:, :2].sum(axis=1)
    first = pd.DataFrame({"n": published(exact, DOCUMENTS)["shown"].to_numpy()}, LSOAS.index)
    first["rate"] = np.round(exact * 6_000 / LSOAS["population"].to_numpy(), 1)
    folder = written(publish, "february", first, DOCUMENTS, MONTHS[:2])
    with pytest.raises(DataError, match="hiding more does not help"):
        dark(folder, edition(BURGLARY, DOCUMENTS), DOCUMENTS)


def test_counts_that_were_revised_between_editions_are_solved_in_each_alone(publish: Publish) -> None:
    # February stood as 40 in the first edition; the next has January to March, with January and February revised.
    first = pd.DataFrame({"n": [40.0] * len(LSOAS), "n_2025_01": [20.0] * len(LSOAS)}, LSOAS.index)
    later = pd.DataFrame({"n": [70.0] * len(LSOAS), "n_2025_01": [20.0] * len(LSOAS)}, LSOAS.index)
    later.loc[LSOAS.index[:3], "n_2025_01"] = [40.0, 0.0, 30.0]
    before = written(publish, "before", first, DOCUMENTS, MONTHS[:2])
    now = written(publish, "now", later, DOCUMENTS, MONTHS)
    audit = audit_folders([before, now])
    assert audit.disagree == ()
    assert audit.passed
    assert audit.unread[-1] == (
        "3 counts that were revised between the folders, so that they are solved in each alone"
    )
    # In one folder two numbers of one count cannot both be true, and what each gives back alone is still found.
    exact = publish({"lsoas": table(LSOAS, n=BURGLARY.sum(axis=1), n_2025_01=BURGLARY[:, 0])}, name="exact")
    alone = len(audit_folders([exact], rules=DOCUMENTS).given_back)
    both = audit_folders([before, exact], rules=DOCUMENTS).given_back
    assert len(both) >= alone > 0
    assert not both.duplicated(["theme", "area", "period"]).any()


def test_folders_with_revised_counts_are_read_once_each(
    publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pd.DataFrame({"n": [20.0] * len(LSOAS)}, LSOAS.index)
    before = written(publish, "before", first, DOCUMENTS, MONTHS)
    now = written(publish, "now", first + 20, DOCUMENTS, MONTHS)
    read: list[Path] = []

    def counted(path: Path, context: Context, *, fewest: int) -> Page:
        read.append(path)
        return read_files(path, context, fewest=fewest)

    monkeypatch.setattr("hotspots.analysis.audit.audit.read_files", counted)
    assert "16 counts that were revised" in audit_folders([before, now]).unread[-1]
    assert read == [before, now]
