"""The output vocabulary: every result column's name, unit, label and meaning, defined once.

Tooltips, QGIS aliases, tables and documents all read it here. Names are lower snake case and at most ten
characters long, so that they survive a Shapefile and a QGIS join.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from hotspots.base.classes import (
    AVERAGE,
    CHANGE,
    COMPARED,
    EMERGING,
    FUNNEL,
    HISTORY,
    HOTSPOT,
    OUTLIER,
    PRIORITY,
    RISK,
    SENSITIVITY,
    STANDING,
    UNUSUAL,
    StyleClass,
)

Kind = Literal["text", "integer", "real", "flag", "boolean"]

MISSING = "no data"


@dataclass(frozen=True)
class Drawn:
    """How a map offers a column.

    Attributes
    ----------
    turn : int
        Its turn among the columns of a layer: flags come before rates, and the lowest opens the map.
    theme : str
        What a legend calls it after the layer, as in "Wards: against the average"; its label where empty.
    button : str
        What its button says; its label where empty.
    behind : str
        The column of numbers that orders areas in the list, where the column holds classes.
    """

    turn: int
    theme: str = ""
    button: str = ""
    behind: str = ""


@dataclass(frozen=True)
class Column:
    """One column of the output vocabulary.

    Attributes
    ----------
    name : str
        The column's name in every layer and table.
    kind : {'text', 'integer', 'real', 'flag', 'boolean'}
        What it holds; a flag is one of a few named classes.
    unit : str
        The unit in words; empty for text, classes and pure numbers.
    label : str
        The name that a reader sees.
    meaning : str
        One sentence that says what a value tells.
    decimals : int
        Decimals shown to a reader. Files keep the full value.
    classes : tuple of StyleClass
        The classes of a flag, from the highest to the lowest, as a legend lists them.
    drawn : Drawn or None
        How a map offers it; None where no map colours by it.
    """

    name: str
    kind: Kind
    unit: str
    label: str
    meaning: str
    decimals: int = 0
    classes: tuple[StyleClass, ...] = ()
    drawn: Drawn | None = None


_ALL = (
    Column("code", "text", "", "Code", "The area's code, such as a ward's E05 code"),
    Column("name", "text", "", "Name", "The area's name; names repeat, codes do not"),
    Column("district", "text", "", "District", "The district or partnership the area lies in"),
    Column("ward", "text", "", "Ward", "The ward that the largest part of the area lies in"),
    Column("population", "real", "people", "Population", "Residents, or whatever denominator was supplied"),
    Column(
        "coverage",
        "text",
        "",
        "Coverage",
        "Whether the files cover the area, and in which months they do not: of an area that is not covered nothing is "
        "known; one that lacks months of the period has its count of the others and is in no other figure",
    ),
    Column("area_km2", "real", "km²", "Area", "Size of the polygon", 3),
    Column(
        "n",
        "integer",
        "incidents",
        "Incidents",
        "Incidents counted in the area over the whole period",
        drawn=Drawn(90),
    ),
    Column(
        "rate",
        "real",
        "per 1,000 people a year",
        "Rate",
        "Incidents per 1,000 people a year",
        1,
        drawn=Drawn(70),
    ),
    Column(
        "rate_lo", "real", "per 1,000 people a year", "Rate, lower limit", "Lower 95% limit of the rate", 1
    ),
    Column(
        "rate_hi", "real", "per 1,000 people a year", "Rate, upper limit", "Upper 95% limit of the rate", 1
    ),
    Column(
        "rate_eb",
        "real",
        "per 1,000 people a year",
        "Rate, smoothed",
        "Rate drawn towards the rate of all areas, the more so the fewer people (empirical Bayes)",
        1,
        drawn=Drawn(80),
    ),
    Column(
        "density", "real", "incidents per km² a year", "Density", "Kernel density at the cell's centre", 1
    ),
    Column("dens_lo", "real", "incidents per km² a year", "Density from", "The density is at least this", 1),
    Column("dens_hi", "real", "incidents per km² a year", "Density to", "The density is below this", 1),
    Column(
        "dens_share",
        "real",
        "",
        "Share of incidents",
        "Share of the incidents that this class of density and all denser ground hold at most",
        2,
        drawn=Drawn(109, theme="share of incidents on the densest ground", button="Densest ground"),
    ),
    Column(
        "multiple",
        "integer",
        "times the mean",
        "Times the mean",
        "Density as a multiple of the mean over cells with incidents",
        drawn=Drawn(110),
    ),
    Column(
        "gi_z",
        "real",
        "",
        "Gi* z score",
        "How far the sum over the area and its neighbours lies from the expected",
        2,
    ),
    Column(
        "gi_p",
        "real",
        "",
        "Gi* p value",
        "How often chance alone gives so extreme a sum, before any correction for the number of areas",
        4,
    ),
    Column("gi_se", "real", "", "Gi* p standard error", "Monte-Carlo standard error of the p value", 5),
    Column(
        "gi_q",
        "real",
        "",
        "Gi* q value",
        "Of the areas marked with q up to a level, at most that share is expected to be chance; by the normal "
        "distribution, more is",
        4,
    ),
    Column(
        "gi_class",
        "flag",
        "",
        "Hotspot class",
        "Hotspot or coldspot, at the level its q value reaches",
        classes=HOTSPOT,
        drawn=Drawn(100, theme="hotspots and coldspots", button="Hotspots", behind="gi_z"),
    ),
    Column("gi_note", "text", "", "Hotspot note", "Why Gi* is undefined here, where it is"),
    Column(
        "em_class",
        "flag",
        "",
        "Kind of hotspot",
        "What kind of hotspot or coldspot the steps in which it is hot or cold make it",
        classes=EMERGING,
        drawn=Drawn(34, theme="emerging hotspots", button="Emerging", behind="em_hot"),
    ),
    Column("em_hot", "integer", "", "Steps hot", "In how many steps of time it is a hotspot"),
    Column("em_cold", "integer", "", "Steps cold", "In how many steps of time it is a coldspot"),
    Column("em_last", "text", "", "Last step hot", "The last step of time in which it is a hotspot"),
    Column(
        "em_trend",
        "flag",
        "",
        "Trend over the steps",
        "Whether its Gi* z score goes up or down over the steps, where it is hot or cold in any",
    ),
    Column(
        "em_p",
        "real",
        "",
        "Trend, p value",
        "Chance of a trend as clear either way if there were none, each area looked at alone",
        4,
    ),
    Column("em_steps", "text", "", "Steps", "A letter for each step of time: H hot, C cold, a dot neither"),
    Column("em_note", "text", "", "Emerging note", "Why its kind is undefined here, where it is"),
    Column(
        "lm_i",
        "real",
        "",
        "Local Moran's I",
        "Over 0 among neighbours that are alike, under 0 among neighbours that are not",
        2,
    ),
    Column(
        "lm_p",
        "real",
        "",
        "Local Moran p value",
        "How often chance alone gives neighbours so high, or so low, before any correction",
        4,
    ),
    Column(
        "lm_q",
        "real",
        "",
        "Local Moran q value",
        "Of the areas marked with q up to a level, at most that share is expected to be chance",
        4,
    ),
    Column(
        "lm_class",
        "flag",
        "",
        "Cluster or outlier",
        "The area itself, then its neighbours: high or low",
        classes=OUTLIER,
        drawn=Drawn(105, theme="clusters and outliers", button="Outliers", behind="lm_i"),
    ),
    Column("lm_note", "text", "", "Outlier note", "Why local Moran's I is undefined here, where it is"),
    Column(
        "sd_flag",
        "flag",
        "",
        "Against the average",
        "Where the value stands against mean ± 1 and 2 SD",
        classes=AVERAGE,
        drawn=Drawn(20, theme="against the average", behind="sd_score"),
    ),
    Column(
        "sd_score", "real", "SD", "SDs from the mean", "Standard deviations above the mean of the areas", 2
    ),
    Column("sd_mean", "real", "", "Mean of the areas", "Unweighted mean of the areas compared", 1),
    Column("sd_above", "real", "", "Threshold: above", "Mean + 1 SD of the areas compared", 1),
    Column("sd_signif", "real", "", "Threshold: significantly above", "Mean + 2 SD of the areas compared", 1),
    Column(
        "sd_margin", "real", "", "Margin to the nearest threshold", "Value minus the nearest threshold", 1
    ),
    Column(
        "sd_near",
        "boolean",
        "",
        "Near a threshold",
        "Whether the value lies close to a threshold on either side",
    ),
    Column(
        "sd_before",
        "flag",
        "",
        "Against the average, before",
        "The flag in the period of comparison, by the mean and SD of that period",
        classes=AVERAGE,
    ),
    Column(
        "sd_after",
        "flag",
        "",
        "Against the average, same months now",
        "The flag in the months of the reporting period that are compared with it",
        classes=AVERAGE,
    ),
    Column(
        "sd_since",
        "flag",
        "",
        "Since the period before",
        "Whether the area is newly, still or no longer above the average in the same months, or narrowly below",
        classes=STANDING,
        drawn=Drawn(
            45, theme="newly and no longer above the average", button="New and gone", behind="sd_score"
        ),
    ),
    Column(
        "fn_expect",
        "real",
        "per 1,000 people a year",
        "Rate of all areas",
        "What the funnel is drawn around",
        1,
    ),
    Column(
        "fn_lo95",
        "real",
        "per 1,000 people a year",
        "Funnel, lower 95% limit",
        "Few areas of this population lie below it",
        1,
    ),
    Column(
        "fn_hi95",
        "real",
        "per 1,000 people a year",
        "Funnel, upper 95% limit",
        "Few areas of this population lie above it",
        1,
    ),
    Column(
        "fn_lo998",
        "real",
        "per 1,000 people a year",
        "Funnel, lower 99.8% limit",
        "Hardly any area of this population lies below it",
        1,
    ),
    Column(
        "fn_hi998",
        "real",
        "per 1,000 people a year",
        "Funnel, upper 99.8% limit",
        "Hardly any area of this population lies above it",
        1,
    ),
    Column("fn_z", "real", "", "Funnel z score", "Distance from the rate of all areas in standard errors", 2),
    Column(
        "fn_flag",
        "flag",
        "",
        "Against the funnel",
        "Where the rate stands against the limits for its population",
        classes=FUNNEL,
        drawn=Drawn(60, theme="against the funnel limits", behind="fn_z"),
    ),
    Column(
        "rk_rate",
        "real",
        "per 1,000 people a year",
        "Rate, chance taken out",
        "What the area's own count and the spread of all areas say its rate is",
        1,
        drawn=Drawn(75),
    ),
    Column(
        "rk_lo",
        "real",
        "per 1,000 people a year",
        "Rate, chance taken out, lower limit",
        "The area's rate is over this with a probability of 97.5%",
        1,
    ),
    Column(
        "rk_hi",
        "real",
        "per 1,000 people a year",
        "Rate, chance taken out, upper limit",
        "The area's rate is under this with a probability of 97.5%",
        1,
    ),
    Column(
        "rk_times",
        "real",
        "times",
        "Times the rate of all",
        "The rate with chance taken out, over that of all areas together",
        2,
    ),
    Column(
        "rk_p",
        "real",
        "",
        "Probability of a multiple",
        "Probability that the area's rate is over a multiple of that of all areas, twice unless said otherwise",
        2,
    ),
    Column(
        "rk_class",
        "flag",
        "",
        "Over a multiple of the rate of all",
        "Whether the area's rate is over a multiple of that of all areas: clear from 95%, likely from 80%",
        classes=RISK,
        drawn=Drawn(55, theme="over a multiple of the rate of all", button="Risk", behind="rk_p"),
    ),
    Column(
        "cmp_rate",
        "real",
        "per 1,000 people a year",
        "Comparator's rate",
        "Rate of what the area is compared with",
        1,
    ),
    Column(
        "cmp_ratio", "real", "times", "Ratio to the comparator", "The area's rate over the comparator's", 2
    ),
    Column(
        "cmp_lo",
        "real",
        "times",
        "Ratio, lower limit",
        "Lower confidence limit of the ratio to the comparator",
        2,
    ),
    Column(
        "cmp_hi",
        "real",
        "times",
        "Ratio, upper limit",
        "Upper confidence limit of the ratio to the comparator",
        2,
    ),
    Column(
        "cmp_flag",
        "flag",
        "",
        "Against the comparator",
        "Whether the rate is similar to the comparator's, above or below it",
        classes=COMPARED,
        drawn=Drawn(50, theme="against the comparator", behind="cmp_ratio"),
    ),
    Column("n_before", "integer", "incidents", "Incidents before", "Incidents counted in the first period"),
    Column("n_after", "integer", "incidents", "Incidents after", "Incidents counted in the second period"),
    Column(
        "ch_diff",
        "real",
        "incidents a year",
        "Change",
        "How many more incidents a year in the second period",
        1,
    ),
    Column(
        "ch_pct",
        "real",
        "%",
        "Change in percent",
        "Change in percent of the first period; none from under 10 incidents",
        1,
    ),
    Column(
        "ch_ratio",
        "real",
        "times",
        "Rate ratio",
        "Incidents a year in the second period over those in the first",
        2,
    ),
    Column(
        "ch_lo",
        "real",
        "times",
        "Rate ratio, lower limit",
        "Lower exact confidence limit of the rate ratio",
        2,
    ),
    Column(
        "ch_hi",
        "real",
        "times",
        "Rate ratio, upper limit",
        "Upper exact confidence limit of the rate ratio",
        2,
    ),
    Column(
        "ch_phi",
        "real",
        "",
        "Dispersion",
        "Variance over mean that the change allows for: of all areas, or more where the own months vary more",
        2,
    ),
    Column(
        "ch_flag",
        "flag",
        "",
        "Direction of travel",
        "Up or down where chance alone would not explain the change",
        classes=CHANGE,
        drawn=Drawn(40, theme="change between the periods", button="Change", behind="ch_diff"),
    ),
    Column(
        "ch_p",
        "real",
        "",
        "Change, p value",
        "Chance of a change as great either way if nothing had changed, each area looked at alone",
        4,
    ),
    Column("ch_q", "real", "", "Change, q value", "The p value corrected for the number of areas", 4),
    Column(
        "ch_all",
        "real",
        "times",
        "Change against all",
        "The area's rate ratio over that of all areas together",
        2,
    ),
    Column(
        "ch_all_p",
        "real",
        "",
        "Against all, p value",
        "The same for a change other than that of all areas together",
        4,
    ),
    Column(
        "ch_all_q", "real", "", "Against all, q value", "That p value corrected for the number of areas", 4
    ),
    Column(
        "ch_all_fl",
        "flag",
        "",
        "Direction against all",
        "Whether it changed otherwise than all areas together, beyond what chance would explain",
    ),
    Column("ch_text", "text", "", "Change in words", "The direction of travel with the two counts"),
    Column("ch_note", "text", "", "Change note", "Why there is no percentage, where there is none"),
    Column("expected", "real", "incidents", "Expected", "Incidents expected of the area in the month", 1),
    Column(
        "exp_lo",
        "real",
        "incidents",
        "Expected, from",
        "The fewest incidents of an ordinary month of the area",
    ),
    Column(
        "exp_hi", "real", "incidents", "Expected, to", "The most incidents of an ordinary month of the area"
    ),
    Column(
        "un_p",
        "real",
        "",
        "Unusual, p value",
        "Chance of a month so far from what was expected either way, looked at alone",
        4,
    ),
    Column(
        "un_q",
        "real",
        "",
        "Unusual, q value",
        "The p value corrected for the areas and themes of the month",
        4,
    ),
    Column(
        "un_flag",
        "flag",
        "",
        "This month",
        "Unusually high or low in the last month, where chance alone would not explain it",
        classes=UNUSUAL,
        drawn=Drawn(35, theme="unusual in the last month", button="Unusual", behind="un_score"),
    ),
    Column(
        "un_score",
        "real",
        "",
        "Distance from what was expected",
        "Incidents over those expected in the last month, in standard deviations of chance",
        1,
    ),
    Column(
        "un_text",
        "text",
        "",
        "Last month in words",
        "Incidents of the last month, and what was expected",
    ),
    Column("month", "text", "", "Month", "The month that a row is about"),
    Column("mr", "real", "", "Moving range", "How far the value is from that of the month before", 1),
    Column("mr_hi", "real", "", "Moving range, limit", "The largest moving range of ordinary months", 1),
    Column("ewma", "real", "", "Weighted mean", "Exponentially weighted moving average", 2),
    Column("tr_pct", "real", "% a year", "Trend", "By how much a year the area rises or falls", 1),
    Column("tr_lo", "real", "% a year", "Trend, lower limit", "Lower 95% limit of the trend", 1),
    Column("tr_hi", "real", "% a year", "Trend, upper limit", "Upper 95% limit of the trend", 1),
    Column("tr_p", "real", "", "Trend, p value", "Chance of a trend so steep if there were none", 4),
    Column("tr_q", "real", "", "Trend, q value", "The p value corrected for the number of areas", 4),
    Column(
        "tr_lag1",
        "real",
        "",
        "Month to month",
        "Correlation of what the trend leaves from one month to the next; well over 0, p is too small",
        2,
    ),
    Column(
        "tr_flag", "flag", "", "Direction of the trend", "Rising or falling beyond what chance would explain"
    ),
    Column("st_after", "text", "", "Last month before the step", "The month after which the level changed"),
    Column("st_before", "real", "incidents a month", "Level before", "Incidents a month before the step", 1),
    Column("st_now", "real", "incidents a month", "Level since", "Incidents a month since the step", 1),
    Column(
        "st_lr", "real", "", "Likelihood ratio", "Twice the gain in log-likelihood of two levels over one", 2
    ),
    Column("st_p", "real", "", "Step, p value", "Chance of so clear a step if there were none", 4),
    Column("st_q", "real", "", "Step, q value", "The p value corrected for the number of areas", 4),
    Column("st_flag", "flag", "", "Step", "Up or down by a step beyond what chance would explain"),
    Column(
        "hi_shape",
        "flag",
        "",
        "History",
        "The shape of the area's months: steady, rising, falling, a step or a season of its own",
        classes=HISTORY,
        drawn=Drawn(36, theme="shape of its history", button="History", behind="tr_pct"),
    ),
    Column("hi_text", "text", "", "History in words", "The shape of the area's months with its evidence"),
    Column(
        "hi_p", "real", "", "History, p value", "Chance of anything but a steady history if it was steady", 4
    ),
    Column("hi_q", "real", "", "History, q value", "The p value corrected for the number of areas", 4),
    Column("ytd", "integer", "incidents", "Year to date", "Incidents of the year so far"),
    Column(
        "ytd_before",
        "integer",
        "incidents",
        "Same days a year before",
        "Incidents of the same days a year before, or of the same months where days are not known",
    ),
    Column(
        "ytd_pct", "real", "%", "Year to date, change", "Change on the same days or months a year before", 1
    ),
    Column("ytd_lo", "real", "%", "Year to date, lower limit", "Lower 95% limit of that change", 1),
    Column("ytd_hi", "real", "%", "Year to date, upper limit", "Upper 95% limit of that change", 1),
    Column(
        "year_n",
        "real",
        "incidents",
        "Year, projected",
        "Incidents of the whole year if it goes on as it began",
    ),
    Column("year_lo", "real", "incidents", "Year, from", "Lower 95% limit of the whole year"),
    Column("year_hi", "real", "incidents", "Year, to", "Upper 95% limit of the whole year"),
    Column("sens_n", "integer", "runs", "Runs", "Sensitivity runs in which the area could be judged"),
    Column("sens_hot", "integer", "runs", "Hot in", "Sensitivity runs in which the area is hot"),
    Column(
        "sens_share", "real", "", "Share of runs hot", "Share of all sensitivity runs in which it is hot", 2
    ),
    Column(
        "sens_areas",
        "real",
        "",
        "Share hot, on areas",
        "The same over runs of Gi* on the areas themselves",
        2,
    ),
    Column(
        "sens_cells",
        "real",
        "",
        "Share hot, on cells",
        "The same over runs of Gi* on grids of several sizes and offsets",
        2,
    ),
    Column(
        "sens_dens",
        "real",
        "",
        "Share hot, by density",
        "The same over runs of kernel density with several bandwidths",
        2,
    ),
    Column(
        "sens_class",
        "flag",
        "",
        "Sensitivity",
        "Whether the area is hot whatever one chooses, by some choices only, or never",
        classes=SENSITIVITY,
        drawn=Drawn(30, theme="hot whatever one chooses?", behind="sens_share"),
    ),
    Column("sens_text", "text", "", "Sensitivity in words", "In how many runs of each kind the area is hot"),
    Column("rank", "integer", "", "Rank", "Place in the ranking by score, 1 the highest"),
    Column(
        "rank_lo", "integer", "", "Rank, from", "Highest rank that the area's lasting risk may have, at 95%"
    ),
    Column("rank_hi", "integer", "", "Rank, to", "Lowest rank that the area's lasting risk may have, at 95%"),
    Column(
        "sel_share",
        "real",
        "",
        "Chance of selection",
        "How likely its lasting risk selects it; under 0.8 the selection is borderline",
        2,
    ),
    Column(
        "top_share",
        "real",
        "",
        "Chance of the first ranks",
        "How likely its lasting risk is among as many of the first as were asked for",
        2,
    ),
    Column("wt_lo", "integer", "", "Rank by other weights, from", "Highest rank when the weights vary"),
    Column("wt_hi", "integer", "", "Rank by other weights, to", "Lowest rank when the weights vary"),
    Column(
        "wt_share",
        "real",
        "",
        "Selected by other weights",
        "In which share of other choices of weights it is selected",
        2,
    ),
    Column("score", "real", "SD", "Score", "Mean of the indicators in SDs above the mean of the areas", 2),
    Column(
        "score_sd",
        "real",
        "SD",
        "Score against all areas",
        "SDs of the score above the mean score of all areas",
        2,
    ),
    Column(
        "score_loc",
        "real",
        "SD",
        "Score in its district",
        "SDs of the score above the mean score of its district",
        2,
    ),
    Column(
        "persist",
        "real",
        "",
        "Persistence",
        "Share of periods in which the score is flagged against all areas",
        2,
    ),
    Column(
        "pers_loc",
        "real",
        "",
        "Persistence in its district",
        "Share of periods in which it is flagged there",
        2,
    ),
    Column("known", "real", "", "Share known", "Share of the indicators, by weight, that is known here", 2),
    Column(
        "priority",
        "flag",
        "",
        "Priority",
        "Force-wide (overall in a part of a force), local (either may be borderline), watched, or none",
        classes=PRIORITY,
        drawn=Drawn(10, theme="priorities", button="Priorities", behind="score"),
    ),
    Column("selected", "boolean", "", "Selected", "Whether it is among the areas selected"),
    Column(
        "borderline",
        "boolean",
        "",
        "Borderline",
        "Whether it is selected with a chance of selection under 80%",
    ),
    Column("locality", "text", "", "Locality", "The selected areas that it forms one piece with"),
    Column("reason", "text", "", "Reason", "Why it is a priority or not, from its own figures"),
    Column(
        "st_class", "flag", "", "Over the periods", "Whether its flag stays, is new, came back or is gone"
    ),
    Column("st_text", "text", "", "Over the periods, in words", "In which periods its score is flagged"),
    Column(
        "place",
        "integer",
        "",
        "Place in its district",
        "Place by the number of themes in which it is significantly above, above, then narrowly below",
    ),
    Column(
        "listed",
        "flag",
        "",
        "List",
        "Greatest risk: above in a theme; narrowly below in one; or no longer above in any",
    ),
    Column("themes", "text", "", "Themes", "The themes in which it stands out, by how far"),
    Column(
        "th_signif",
        "integer",
        "themes",
        "Significantly above in",
        "Themes in which it is over the mean of all areas plus 2 SD",
    ),
    Column(
        "th_above",
        "integer",
        "themes",
        "Above in",
        "Themes in which it is over the mean of all areas plus 1 SD, but not 2",
    ),
    Column(
        "th_near",
        "integer",
        "themes",
        "Narrowly below in",
        "Themes in which it is close under that threshold",
    ),
    Column(
        "th_left",
        "integer",
        "themes",
        "No longer above in",
        "Themes in which it was above in the comparison period and is not now",
    ),
    Column("members", "integer", "areas", "Areas", "Number of areas that the locality or class is made of"),
    Column("share_n", "real", "", "Share of incidents", "Share of all the incidents of its table", 3),
    Column("share_pop", "real", "", "Share of people", "Share of all the people of its table", 3),
    Column("idx", "real", "", "Index", "Share of incidents over share of people, times 100", 0),
    Column("idx_lo", "real", "", "Index, lower limit", "Lower 95% limit of the index", 0),
    Column("idx_hi", "real", "", "Index, upper limit", "Upper 95% limit of the index", 0),
    Column(
        "idx_flag", "flag", "", "Over or under", "Whether the limits of the index are over 100, or under it"
    ),
    Column("hidden", "boolean", "", "Hidden", "Whether it is hidden, as few people may be told from it"),
    Column(
        "hidden_in",
        "text",
        "",
        "Hidden counts",
        "The counts of the row that are hidden, by their columns; what is made of them is blank too",
    ),
    Column(
        "of_n", "integer", "incidents", "Incidents of both kinds", "Incidents that are of the other kind too"
    ),
    Column("of_base", "integer", "incidents", "Incidents of the kind", "Incidents that the share is of"),
    Column(
        "of_share",
        "real",
        "",
        "Share of the kind",
        "Share that is of the other kind too; none of under 10",
        3,
    ),
    Column("of_lo", "real", "", "Share, lower limit", "Lower exact 95% limit of the share", 3),
    Column("of_hi", "real", "", "Share, upper limit", "Upper exact 95% limit of the share", 3),
    Column("of_rest", "real", "", "Share in the rest", "The same share in all other areas together", 3),
    Column(
        "of_q",
        "real",
        "",
        "Share, q value",
        "Chance of so great a difference to the rest, corrected for the number of areas",
        4,
    ),
    Column("of_flag", "flag", "", "Against the rest", "Whether the share is above or below that of the rest"),
    Column("at_least", "integer", "incidents", "Incidents at least", "Places with so many incidents or more"),
    Column("places", "integer", "places", "Places", "Number of places with so many incidents or more"),
    Column(
        "by_chance",
        "real",
        "",
        "Share by chance",
        "Share of the incidents that would be at such places if all places had the same chance",
        3,
    ),
    Column("spot", "text", "", "Place", "What the source calls the place"),
    Column("area", "text", "", "Area", "The area that the place lies in"),
    Column("kinds", "text", "", "Categories", "The categories of its incidents, the most frequent first"),
    Column(
        "weekday",
        "text",
        "",
        "Weekday",
        "Day of the week by the local clock; with shifts, on which one began",
    ),
    Column("hour", "text", "", "Hour", "Hour of the day by the local clock, or the shift, by its beginning"),
    Column("season", "text", "", "Season", "Winter is December to February, and so on"),
    Column("band", "text", "", "Hours", "Band of hours of the day by the local clock"),
    Column("hours", "real", "hours", "Hours of exposure", "How many such hours the period had", 0),
    Column("per_hour", "real", "incidents per hour", "Incidents per hour", "Incidents over such hours", 3),
    Column("tm_ratio", "real", "", "Times the mean", "Incidents per hour over those of all hours", 1),
    Column(
        "tm_lo", "real", "", "Times the mean, lower limit", "Lower exact 95% limit of the times the mean", 1
    ),
    Column(
        "tm_hi", "real", "", "Times the mean, upper limit", "Upper exact 95% limit of the times the mean", 1
    ),
    Column(
        "tm_q",
        "real",
        "",
        "Times the mean, q value",
        "Chance of so great a difference to the mean, corrected for the number of cells",
        4,
    ),
    Column(
        "tm_flag",
        "flag",
        "",
        "Against the mean",
        "Whether incidents per hour are above or below the mean beyond chance",
    ),
    Column(
        "share_lo", "real", "", "Share of incidents, lower limit", "Lower exact 95% limit of the share", 3
    ),
    Column(
        "share_hi", "real", "", "Share of incidents, upper limit", "Upper exact 95% limit of the share", 3
    ),
    Column("share_hrs", "real", "", "Share of hours", "Share of the hours of the period", 3),
    Column("months_n", "integer", "months", "Months", "Number of months in which it has an incident"),
    Column(
        "m_over", "real", "m", "Over", "Pairs further apart than this; 0 for one place and the first band", 0
    ),
    Column("m_to", "real", "m", "Up to", "Pairs up to this far apart; 0 for one place", 0),
    Column("days_over", "integer", "days", "Days, over", "Pairs more days apart than this"),
    Column("days_to", "real", "days", "Days, up to", "Pairs up to so many days apart", 0),
    Column("pairs", "integer", "pairs", "Pairs", "Pairs of incidents so far and so many days apart"),
    Column(
        "nr_expect", "real", "pairs", "Pairs by chance", "Mean number of pairs if the days fell by chance", 1
    ),
    Column("nr_ratio", "real", "", "Times chance", "Pairs over those by chance", 2),
    Column("nr_p", "real", "", "Near repeat, p", "Share of random orders of the days with as many pairs", 4),
    Column("nr_q", "real", "", "Near repeat, q", "p corrected for the number of boxes that were tested", 4),
    Column("nr_flag", "boolean", "", "Near repeats", "Whether there are more pairs than chance explains"),
    Column("nr_after", "integer", "incidents", "Followed by", "Later incidents near it in place and time"),
    Column("nr_before", "integer", "incidents", "Follows", "Earlier incidents near it in place and time"),
    Column("nr_role", "text", "", "Part in near repeats", "Originator, follower, both or none"),
)

COLUMNS: dict[str, Column] = {column.name: column for column in _ALL}

DRAWN: dict[str, Drawn] = {
    column.name: column.drawn
    for column in sorted(_ALL, key=lambda column: column.drawn.turn if column.drawn else 0)
    if column.drawn is not None
}
"""The columns that a map can colour, in their turn."""


def column_label(name: str) -> str:
    """Return the label of a column with its unit in brackets; an unknown name stands for itself.

    Examples
    --------
    >>> column_label("rate")
    'Rate (per 1,000 people a year)'
    >>> column_label("imd_rank")
    'imd_rank'
    """
    column = COLUMNS.get(name)
    if column is None:
        return name
    return f"{column.label} ({column.unit})" if column.unit else column.label


def theme_words(name: str) -> str:
    """Return what a map calls the theme of a column, after the layer's name.

    Examples
    --------
    >>> theme_words("sd_flag"), theme_words("rate"), theme_words("imd_rank")
    ('against the average', 'rate', 'imd_rank')
    """
    column = COLUMNS.get(name)
    if column is None:
        return name
    return column.drawn.theme if column.drawn and column.drawn.theme else column.label.casefold()


def format_value(name: str, value: Any) -> str:
    """Return a value as a reader should see it: thousands separated, the column's decimals, words for gaps.

    Parameters
    ----------
    name : str
        The column's name; a number in an unknown column keeps up to three significant decimals.
    value : object
        A cell of that column. None, NaN and NA read ``"no data"``.

    Examples
    --------
    >>> format_value("rate", 1234.56)
    '1,234.6'
    >>> format_value("n", float("nan"))
    'no data'
    >>> format_value("gi_p", 0.00001)
    'under 0.0001'
    """
    if value is None or (isinstance(value, float) and math.isnan(value)) or str(value) in ("<NA>", "NaT"):
        return MISSING
    column = COLUMNS.get(name)
    if isinstance(value, bool) or (column is not None and column.kind == "boolean"):
        return "yes" if value else "no"
    if isinstance(value, str) or (column is not None and column.kind in ("text", "flag")):
        return str(value)
    number = float(value)
    if column is None:
        return f"{number:,.0f}" if number.is_integer() else f"{number:,.3f}"
    smallest = 10.0**-column.decimals
    if name.endswith(("_p", "_q")) and 0 <= number < smallest:
        return f"under {smallest:.{column.decimals}f}"
    return f"{number:,.{column.decimals}f}"
