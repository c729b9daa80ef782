"""Areas of which nothing is shown for want of a file: their blanks are no parts of what is shown beside them."""

from __future__ import annotations

import numpy as np
from tests.analysis.audit.conftest import LSOAS, WARD_OF, WARDS, Publish, table

from hotspots.analysis.audit.audit import audit_folders


def test_a_ward_that_lacks_a_month_is_no_part_of_the_total_and_no_sum_of_its_lsoas(publish: Publish) -> None:
    # The first LSOA has 40, as all areas together: that leaves at most 4 for the third ward, which lacks a month, and
    # for its four LSOAs. All of these would be given back.
    layers = {}
    for key, layer, ward in (("lsoas", LSOAS, WARD_OF), ("wards", WARDS, np.arange(4))):
        lacks = ward == 2
        n = np.where(lacks, np.nan, np.where(np.arange(len(layer)) == 0, 40, 0))
        said = np.where(lacks, "not covered in February 2025 (2 of 3 months)", "covered")
        layers[key] = table(layer, coverage=said, n=n)
    folder = publish(layers, recipe={"publish": {"profile": "nhs"}})
    (folder / "tables" / "burglary_force.csv").write_text("area,n\nAll areas,40\n", encoding="utf-8")
    audit = audit_folders([folder])
    assert audit.given_back.empty
    assert audit.withheld["level"].value_counts().to_dict() == {"lsoas": 4, "wards": 1}
