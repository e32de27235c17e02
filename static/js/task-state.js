// What the Tasks page shows, as its address says it: search, state, filters, order, columns. The
// same in the form that the API takes.
const PREFIX = "filter:tasks:";
export const STATES = ["all", "open", "done", "skipped"];
const EMPTY = { search: "", state: "all", filters: [], any: false, sort: "", columns: null, view: null };

export const state = { ...EMPTY, ...fromAddress() };

// `filters` are [{column, operator, type, value}], `sort` is a column with "-" in front for down.
export function change(values, { replace = false } = {}) {
  Object.assign(state, values);
  const query = address();
  const url = query ? `?${query}` : location.pathname.split("/").pop();
  history[replace ? "replaceState" : "pushState"](null, "", url);
  dispatchEvent(new CustomEvent("lsl:table"));
}

export const isPlain = () => !state.search && state.state === "all" && !state.filters.length;

addEventListener("popstate", () => {
  Object.assign(state, { ...EMPTY, ...fromAddress() });
  dispatchEvent(new CustomEvent("lsl:table"));
});

function fromAddress() {
  const given = new URLSearchParams(location.search);
  const found = {};
  if (given.has("search")) found.search = given.get("search");
  if (STATES.includes(given.get("state"))) found.state = given.get("state");
  if (given.has("sort")) found.sort = given.get("sort");
  if (given.has("columns")) found.columns = given.get("columns").split(",").filter(Boolean);
  if (given.has("any")) found.any = true;
  if (given.has("view")) found.view = Number(given.get("view"));
  try {
    const filters = JSON.parse(given.get("filters") ?? "[]");
    found.filters = filters.map(([column, operator, type, value]) => ({ column, operator, type, value }));
  } catch {
    found.filters = []; // an address that was cut off
  }
  return found;
}

function address() {
  const given = new URLSearchParams();
  if (state.search) given.set("search", state.search);
  if (state.state !== "all") given.set("state", state.state);
  if (state.filters.length) {
    const short = state.filters.map(({ column, operator, type, value }) => [column, operator, type, value]);
    given.set("filters", JSON.stringify(short));
  }
  if (state.any) given.set("any", "1");
  if (state.sort) given.set("sort", state.sort);
  if (state.columns) given.set("columns", state.columns.join(","));
  if (state.view !== null) given.set("view", String(state.view));
  return given.toString();
}

// The query of the API, without what is selected.
export function query() {
  const found = {};
  if (state.filters.length) {
    const items = state.filters.map(({ column, operator, type, value }) => ({
      filter: PREFIX + column, operator, type, value,
    }));
    found.filters = { conjunction: state.any ? "or" : "and", items };
  }
  if (state.sort) found.ordering = [`${state.sort.startsWith("-") ? "-" : ""}tasks:${state.sort.replace(/^-/, "")}`];
  return found;
}

// All that says which tasks are meant, as the body of a call.
export function wanted(selected = null) {
  const body = { query: selected ? { ...query(), selectedItems: selected } : query() };
  if (state.search) body.search = state.search;
  if (state.state !== "all") body.state = state.state;
  return body;
}

// The same as parameters of an address.
export function parameters() {
  const { query: asked, ...rest } = wanted();
  const given = new URLSearchParams(rest);
  if (Object.keys(asked).length) given.set("query", JSON.stringify(asked));
  return given;
}

// What a saved view holds: the form of 1.x, and ours beside it. `widths` are those of columns.
export function toView(title, widths) {
  const { filters = null, ordering = null } = query();
  const { search, state: chosen, columns } = state;
  return { title, filters, ordering, search, state: chosen, columns, widths };
}

export function fromView(id, view) {
  const items = view.filters?.items ?? [];
  change({
    ...EMPTY,
    view: id,
    search: view.search ?? "",
    state: STATES.includes(view.state) ? view.state : "all",
    any: view.filters?.conjunction === "or",
    filters: items.map(({ filter, operator, type, value }) => ({
      column: filter.replace(PREFIX, ""), operator, type, value,
    })),
    sort: (view.ordering?.[0] ?? "").replace("tasks:", ""),
    columns: Array.isArray(view.columns) ? view.columns : null,
  });
}
