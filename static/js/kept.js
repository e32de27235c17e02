// Nothing that an editor cannot show, or writes differently, is lost when a completion is saved.
//
// `original` is the result as it was stored, `baseline` what the editor says of it before anybody
// touched it, `now` what it says at the end. A region of which the editor says the same as before
// is written back exactly as it was; one that was changed keeps the keys that the editor dropped;
// one that the editor never took stays. Pure functions.

import { identified } from "./regions.js";

const DERIVED = ["globalOffsets"]; // wrong once a region was moved

export function merged(original, baseline, now) {
  const before = byKey(baseline);
  const names = keys(identified(original));
  const stored = new Map(original.map((region, at) => [names[at], { region, at }]));
  const current = keys(now);
  const made = now.map((region, at) => {
    const known = stored.get(current[at]);
    if (!known) return { region, at: Infinity };
    const old = before.get(current[at]);
    const same = old !== undefined && isEqual(old, region);
    return { region: same ? known.region : withLost(known.region, old ?? {}, region), at: known.at };
  });
  const present = new Set(current);
  const gone = deletedIds(before, present, now);
  for (const [key, { region, at }] of stored) {
    if (!before.has(key) && !present.has(key) && !hangsOn(region, gone)) made.push({ region, at });
  }
  return made.sort((a, b) => order(a.at, b.at)).map(({ region }) => region);
}

const order = (a, b) => (a === b ? 0 : a < b ? -1 : 1);

// By what a region is known: several results may share an id, relations have none.
function keys(result) {
  const seen = new Map();
  return result.map((region) => {
    const key =
      region?.type === "relation"
        ? `relation ${region.from_id} ${region.to_id}`
        : `${region?.id} ${region?.from_name} ${region?.to_name} ${region?.type}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? key : `${key} ${count}`;
  });
}

function byKey(result) {
  const names = keys(result);
  return new Map(result.map((region, at) => [names[at], region]));
}

// Ids of regions that the person deleted: the editor had them, and has no result of them now.
function deletedIds(before, present, now) {
  const left = new Set(now.map((region) => region.id));
  const gone = [...before].filter(([key]) => !present.has(key)).map(([, region]) => region.id);
  return new Set(gone.filter((id) => id !== undefined && !left.has(id)));
}

function hangsOn(region, gone) {
  if (region?.type === "relation") return gone.has(region.from_id) || gone.has(region.to_id);
  return gone.has(region?.id);
}

function withLost(stored, old, region) {
  const result = addLost(stored, old, region);
  if (isObject(stored.value) && isObject(region.value)) {
    result.value = addLost(stored.value, old.value ?? {}, region.value);
    if (isMoved(old.value ?? {}, region.value)) {
      for (const key of DERIVED) if (!(key in region.value)) delete result.value[key];
    }
  }
  return result;
}

// `region` with the keys, and the labels of lists, that `stored` has and `old` had lost.
function addLost(stored, old, region) {
  const result = { ...region };
  for (const [key, value] of Object.entries(stored)) {
    if (!(key in old) && !(key in region)) result[key] = value;
    else if (isWords(value) && isWords(old[key]) && isWords(region[key])) {
      const lost = value.filter((word) => !old[key].includes(word) && !region[key].includes(word));
      if (lost.length) result[key] = [...region[key], ...lost];
    }
  }
  return result;
}

function isMoved(old, value) {
  const places = ["start", "end", "startOffset", "endOffset"];
  return places.some((key) => !isEqual(old[key], value[key]));
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isWords = (value) => Array.isArray(value) && value.every((word) => typeof word === "string");

export function isEqual(a, b) {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, at) => isEqual(item, b[at]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((key) => key in b && isEqual(a[key], b[key]));
}
