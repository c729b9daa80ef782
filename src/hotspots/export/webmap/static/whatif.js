// What if the weights were others: the areas ranked and selected again, as `hotspots select` does it, in the browser.
(function (Hotspots) {
  "use strict";

  const FEWEST = 6; // with fewer values, none can exceed their mean by 2 SD
  const EQUAL = 1e-12;

  // To nine decimals, halves to the even one: rounding errors neither make nor break ties.
  function rounded(value) {
    const scaled = value * 1e9, low = Math.floor(scaled), rest = scaled - low;
    const whole = rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? low + 1 : low;
    return whole / 1e9;
  }

  // SDs above the mean of the `members` that `base` marks (null: all of them), written into `found`; left alone, that is
  // NaN, where under six are known or all are equal.
  function standardise(x, members, base, ddof, found) {
    let n = 0, sum = 0, squares = 0, furthest = 0, largest = 0;
    for (const i of members) if (x[i] === x[i] && (!base || base[i])) { n += 1; sum += x[i]; }
    const mean = sum / n;
    for (const i of members) {
      if (x[i] !== x[i] || (base && !base[i])) continue;
      const apart = Math.abs(x[i] - mean), size = Math.abs(x[i]);
      squares += apart * apart;
      if (apart > furthest) furthest = apart;
      if (size > largest) largest = size;
    }
    if (n < FEWEST || furthest <= EQUAL * largest) return;
    const sd = Math.sqrt(squares / (n - ddof));
    for (const i of members) if (x[i] === x[i]) found[i] = rounded((x[i] - mean) / sd);
  }

  const unknown = (count) => new Float64Array(count).fill(NaN);

  // Within each of some lists of areas; NaN for an area in none.
  function standardised(x, lists, base, ddof) {
    const found = unknown(x.length);
    for (const members of lists) standardise(x, members, base, ddof, found);
    return found;
  }

  const total = (values) => values.reduce((sum, value) => sum + value, 0);

  // The weight of all that was measured: what no area has, in a period, is absent and not missing.
  function possible({ z, areas, indicators, periods }, ofIndicator, ofPeriod) {
    let sum = 0;
    for (let i = 0; i < indicators; i++) {
      for (let t = 0; t < periods; t++) {
        for (let a = 0; a < areas; a++) {
          const value = z[(a * indicators + i) * periods + t];
          if (value !== value) continue;
          sum += ofIndicator[i] * ofPeriod[t];
          break;
        }
      }
    }
    return sum;
  }

  // Weighted means of each area's scores, over all and in each period; what is unknown is left out.
  function composite(data, weights) {
    const { z, areas, indicators, periods, periodWeights, rules } = data;
    const all = total(weights), ever = total(periodWeights);
    const ofIndicator = weights.map((weight) => weight / all), ofPeriod = periodWeights.map((weight) => weight / ever);
    const most = possible(data, ofIndicator, ofPeriod);
    const score = unknown(areas), known = unknown(areas), byPeriod = periodWeights.map(() => unknown(areas));
    const held = new Float64Array(periods), own = new Float64Array(periods);
    for (let a = 0; a < areas; a++) {
      let weight = 0, sum = 0;
      held.fill(0);
      own.fill(0);
      for (let i = 0; i < indicators; i++) {
        for (let t = 0; t < periods; t++) {
          const value = z[(a * indicators + i) * periods + t];
          if (value !== value) continue;
          const cell = ofIndicator[i] * ofPeriod[t];
          held[t] += ofIndicator[i];
          own[t] += value * ofIndicator[i];
          weight += cell;
          sum += value * cell;
        }
      }
      known[a] = rounded(weight / most);
      if (!(known[a] >= rules.least_known && weight > 0)) continue;
      score[a] = rounded(sum / weight);
      for (let t = 0; t < periods; t++) if (held[t] > 0) byPeriod[t][a] = rounded(own[t] / held[t]);
    }
    return { score, known, byPeriod };
  }

  // Positions of the scored areas: highest score, then highest latest period, then code.
  function ordered({ score, byPeriod }, codes) {
    const latest = byPeriod[byPeriod.length - 1], scored = [];
    for (let i = 0; i < score.length; i++) if (score[i] === score[i]) scored.push(i);
    const recent = (i) => (latest[i] === latest[i] ? latest[i] : -Infinity);
    return scored.sort((a, b) => score[b] - score[a] || (recent(a) === recent(b) ? 0 : recent(b) - recent(a)) || (codes[a] < codes[b] ? -1 : 1));
  }

  // Where the scores stand, and in which share of the periods they are flagged.
  function standing(made, rules, lists, base) {
    const level = standardised(made.score, lists, base, rules.ddof);
    const periods = made.byPeriod.map((period) => standardised(period, lists, base, rules.ddof));
    const persist = level.map((value, i) => {
      let known = 0, flagged = 0;
      for (const period of periods) {
        if (period[i] === period[i]) known += 1;
        if (period[i] > rules.flagged) flagged += 1;
      }
      return value === value ? flagged / known : NaN;
    });
    return { level, periods, persist };
  }

  // Flagged in the latest period, and well above the mean of the earlier ones.
  function rises(made, force, rules, i) {
    const last = made.byPeriod.length - 1;
    if (!(force.periods[last][i] > rules.flagged)) return false;
    let known = 0, sum = 0;
    for (let t = 0; t < last; t++) {
      const value = made.byPeriod[t][i];
      if (value === value) { known += 1; sum += value; }
    }
    return made.byPeriod[last][i] - sum / known >= rules.rise;
  }

  // The priority of each area, by its place: 0 stands out of all, 1 of its district, 2 is watched, 3 is none.
  function decided(made, { rules, everyone, districts }) {
    const force = standing(made, rules, [everyone], null);
    const others = force.level.map((level, i) => (level > rules.force_wide && force.persist[i] >= rules.persistent ? 0 : 1));
    const local = standing(made, rules, districts, others);
    const priority = everyone.map((i) => {
      if (!others[i]) return 0;
      if (local.level[i] > rules.local && local.persist[i] >= rules.persistent) return 1;
      const watched = local.level[i] > rules.local - rules.near || force.level[i] > rules.force_wide - rules.near
        || rises(made, force, rules, i);
      return watched ? 2 : 3;
    });
    return { priority, force, local };
  }

  // One piece from the first area, grown always by the first in order of those that touch it.
  function grown(order, touching) {
    const place = new Map(order.map((area, turn) => [area, turn]));
    const front = order.length ? [0] : [], seen = new Set(front), piece = [];
    while (front.length) {
      const here = order[front.shift()];
      piece.push(here);
      for (const there of touching[here]) {
        const next = place.get(there);
        if (next === undefined || seen.has(next)) continue;
        seen.add(next);
        let at = front.length;
        while (at > 0 && front[at - 1] > next) at -= 1;
        front.splice(at, 0, next);
      }
    }
    return piece;
  }

  // How many of the areas in order the budget takes; null where it cannot be met.
  function howMany(order, budget, { counts, km2 }) {
    let limit = order.length;
    if (budget.max_areas !== null) limit = Math.min(limit, budget.max_areas);
    if (budget.max_km2 !== null) {
      let ground = 0, fits = 0;
      for (const area of order) {
        ground += km2[area];
        if (!(ground <= budget.max_km2 * (1 + 1e-12))) break;
        fits += 1;
      }
      if (!fits && order.length) return null;
      limit = Math.min(limit, fits);
    }
    if (budget.min_share === null) return limit;
    const n = [...counts].map((count) => (Number.isNaN(count) ? 0 : count)), all = total(n);
    let held = 0;
    const last = order.findIndex((area) => { held += n[area]; return held / all >= budget.min_share - 1e-12; });
    return all > 0 && last >= 0 && last + 1 <= limit ? last + 1 : null;
  }

  function taken(data, ranked, priority) {
    const { budget } = data;
    if (!budget) {
      const chosen = ranked.filter((i) => priority[i] <= 1);
      return { order: [...chosen, ...ranked.filter((i) => priority[i] > 1)], count: chosen.length };
    }
    const { counts } = data, first = new Map(ranked.map((area, turn) => [area, turn]));
    let order = ranked;
    if (budget.takes === "count") order = [...ranked].sort((a, b) => counts[b] - counts[a] || first.get(a) - first.get(b));
    if (budget.contiguous) order = grown(order, data.touching);
    return { order, count: howMany(order, budget, data) };
  }

  function floats(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return new Float64Array(bytes.buffer);
  }

  // What the page carries, with its numbers unpacked.
  function unpacked(data) {
    const z = floats(data.z), indicators = data.names.length, periods = data.periodWeights.length;
    const everyone = data.groups.map((_, i) => i), districts = new Map();
    for (const i of everyone) if (data.groups[i] >= 0) districts.set(data.groups[i], [...(districts.get(data.groups[i]) || []), i]);
    return { ...data, z, indicators, periods, areas: z.length / (indicators * periods), everyone, districts: [...districts.values()],
      counts: data.counts ? floats(data.counts) : null, km2: data.km2 ? floats(data.km2) : null };
  }

  // The areas under other weights: arrays by position. `met` is false where the budget selects nothing.
  function selectAreas(data, weights, codes) {
    const made = composite(data, weights), ranked = ordered(made, codes);
    const { priority, force, local } = decided(made, data);
    const { order, count } = taken(data, ranked, priority);
    const rank = new Array(data.areas).fill(null), selected = new Array(data.areas).fill(false);
    ranked.forEach((area, i) => { rank[area] = i + 1; });
    order.slice(0, count || 0).forEach((area) => { selected[area] = true; });
    return { score: made.score, known: made.known, score_sd: force.level, score_loc: local.level, persist: force.persist,
      rank, priority, selected, met: count !== null };
  }

  const sound = (weights, names) => weights.length === names.length && weights.every((weight) => Number.isFinite(weight) && weight >= 0)
    && weights.some((weight) => weight > 0);

  const same = (one, other) => one.length === other.length && one.every((weight, i) => weight === other[i]);

  Hotspots.whatif = { selectAreas, unpacked, sound, same };
})(window.Hotspots = window.Hotspots || {});
