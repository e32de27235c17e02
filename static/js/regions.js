// What of a stored result an editor can show without harm. A result that points at a tag which the
// label config does not have, or marks what is not in the text, would blank the whole editor; so
// it is held back, and put in place again when the work is saved (kept.js). Pure functions.

const LABELED = /labels$|^(choices|taxonomy|textarea|rating|number|datetime|pairwise|ranker)$/;

let known = { config: null, names: null };

// The names of a label config: {tags: name → tag, patterns, texts: name → data key}.
export function namesOf(config) {
  if (known.config === config) return known.names;
  const xml = new DOMParser().parseFromString(config, "text/xml");
  const named = [...xml.querySelectorAll("[name]")];
  const tags = new Map(named.map((tag) => [tag.getAttribute("name"), tag.tagName]));
  const plain = (tag) => tag.tagName === "Text" && tag.getAttribute("valueType") !== "url";
  const keyOf = (tag) => /^\$(.+)/.exec(tag.getAttribute("value") ?? "")?.[1];
  const texts = new Map(named.filter(plain).map((tag) => [tag.getAttribute("name"), keyOf(tag)]));
  // inside a Repeater "page_{{idx}}" stands for page_0, page_1, …
  const repeated = [...tags].filter(([name]) => name.includes("{{"));
  const patterns = repeated.map(([name, tag]) => [pattern(name), tag]);
  known = { config, names: { tags, texts, patterns } };
  return known.names;
}

function pattern(name) {
  const parts = name.split(/\{\{.*?\}\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("\\d+")}$`);
}

function tagOf(names, name) {
  return names.tags.get(name) ?? names.patterns.find(([form]) => form.test(name))?.[1];
}

// The results that the editor can show.
export function fitting(result, names, data) {
  const shown = result.filter((region) => region?.type === "relation" || fits(region, names, data));
  const ids = new Set(shown.map((region) => region.id));
  const related = ({ from_id, to_id }) => ids.has(from_id) && ids.has(to_id);
  return shown.filter((region) => region.type !== "relation" || related(region));
}

function fits(region, names, data) {
  const { value, from_name, to_name, type } = region ?? {};
  if (typeof value !== "object" || value === null) return false;
  const control = tagOf(names, from_name);
  const targets = Array.isArray(to_name) ? to_name : [to_name];
  if (!control || !targets.every((name) => tagOf(names, name))) return false;
  if (LABELED.test(type) && control.toLowerCase() !== type) return false;
  const text = names.texts.has(to_name) ? data[names.texts.get(to_name)] : null;
  return typeof text !== "string" || !("start" in value) || isInside(value, text.length);
}

function isInside({ start, end }, length) {
  const [from, to] = [Number(start), Number(end)];
  return Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= length;
}

// The same results, each with an id of its own by which it is known again: 0.8.x and its clients
// may leave it out where a result stands for itself.
export function identified(result) {
  const used = new Set(result.map((region) => region?.id));
  let count = 0;
  const fresh = () => {
    while (used.has(`region-${++count}`));
    return `region-${count}`;
  };
  const lacks = (region) => region && region.type !== "relation" && !region.id;
  return result.map((region) => (lacks(region) ? { ...region, id: fresh() } : region));
}

// Copies for an editor, which changes what it is given: with the key under which it looks for the
// labels of HyperText, with offsets as numbers.
export function forEditor(result, htmlKey) {
  return labelKeys(structuredClone(result), htmlKey).map((region) => {
    const { value } = region;
    if (typeof region.id === "number") region.id = String(region.id);
    for (const key of ["start", "end"]) {
      if (region.type === "labels" && /^\d+$/.test(value?.[key])) value[key] = Number(value[key]);
    }
    return region;
  });
}

// The same results with the labels of HyperText under the key that an editor uses.
export function labelKeys(result, htmlKey) {
  const other = htmlKey === "htmllabels" ? "hypertextlabels" : "htmllabels";
  return result.map((region) => {
    const { type, value } = region ?? {};
    if (type !== "hypertextlabels" || !value || !(other in value) || htmlKey in value) return region;
    const { [other]: labels, ...rest } = value;
    return { ...region, value: { ...rest, [htmlKey]: labels } };
  });
}
