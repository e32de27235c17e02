// The Tasks page: a table of what matches, a million rows as fast as ten.
import "./shell.js";
import { curlButton } from "./action.js";
import { get } from "./api.js";
import { byId, el, icon, offerFocus, page, root } from "./dom.js";
import * as keys from "./keys.js";
import { menu } from "./menu.js";
import { Actions } from "./task-actions.js";
import { stop as silence } from "./task-cells.js";
import { Details } from "./task-details.js";
import { Filters } from "./task-filters.js";
import { Grid } from "./task-grid.js";
import { Rows } from "./task-rows.js";
import { Selection } from "./task-selection.js";
import { change, isPlain, parameters, state, STATES } from "./task-state.js";
import { text } from "./task-text.js";
import { Views } from "./task-views.js";
import { problem } from "./toast.js";

const TYPED = 250; // ms after the last key
const LOOK_AGAIN = page.refresh; // ms

let columns = []; // all that there are
let shownFor = null; // the question that the rows answer

const grid = byId("grid");
const rows = new Rows(() => arrived(), (error) => problem(error.message));
const selection = new Selection(() => rows.total, () => {
  table.draw();
  actions.show();
});
const table = new Grid(grid, rows, selection, {
  sort: (name) => change({ sort: state.sort === name ? `-${name}` : state.sort === `-${name}` ? "" : name, view: null }),
  open: (row) => (location.href = `${root}?task_id=${row.id}`),
  chosen: (row) => details.show(row.id),
  moved: (row) => details.follow(row),
});
const details = new Details(byId("details"), () => table.focus());
const filters = new Filters(byId("filters"));
const actions = new Actions(byId("selected"), selection, () => reload());
const views = new Views(byId("views"));

// -- what is shown ---------------------------------------------------------------------------------

const chosen = () => {
  const names = state.columns ?? columns.filter((column) => column.shown).map(({ name }) => name);
  return columns.filter(({ name }) => names.includes(name));
};

function show() {
  const search = byId("search");
  if (document.activeElement !== search) search.value = state.search;
  for (const button of byId("states").children) {
    button.setAttribute("aria-pressed", String(button.dataset.state === state.state));
  }
  filters.show(columns);
  views.show();
  table.show(chosen(), state.sort);
  const asked = String(parameters());
  if (asked === shownFor) return;
  shownFor = asked;
  selection.clear();
  table.toTop();
  rows.reset();
  arrived();
}

function arrived() {
  const { total, all } = rows;
  byId("count").textContent = total === null ? text.counting : text.shown(total, all);
  const empty = total === 0;
  byId("nothing").hidden = !empty;
  grid.hidden = empty;
  if (empty) nothing(all === 0);
  table.draw();
  actions.show();
  details.follow(table.activeRow);
}

function nothing(none) {
  const all = { type: "button", onclick: () => change({ search: "", state: "all", filters: [], any: false, view: null }) };
  byId("nothing").replaceChildren(
    icon("empty"),
    el("h2", {}, none ? text.none : text.noMatch),
    el("p", {}, none ? text.noneText : text.noMatchText),
    none && isPlain()
      ? el("a.button.primary", { href: `${root}import` }, text.toImport)
      : el("button.button", all, text.showAll),
  );
}

function reload() {
  shownFor = null;
  show();
}

async function look() {
  if (document.hidden || rows.total === null) return;
  try {
    const [first, last] = table.visible();
    if (await rows.refresh(first, Math.max(first, last))) table.draw();
  } catch (error) {
    if (!error.isAway) problem(error.message);
  }
}

// -- the head --------------------------------------------------------------------------------------

let typing = 0;
byId("search").addEventListener("input", ({ target }) => {
  clearTimeout(typing);
  typing = setTimeout(() => change({ search: target.value.trim(), view: null }, { replace: true }), TYPED);
});
byId("search").addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.value) {
    event.target.value = "";
    change({ search: "", view: null });
  } else if (event.key === "Enter" || event.key === "ArrowDown") {
    table.focus();
    if (table.active < 0) table.go(0);
  } else return;
  event.preventDefault();
});

byId("states").append(
  ...STATES.map((name) =>
    el("button.button", { type: "button", data: { state: name }, onclick: () => change({ state: name, view: null }) }, text.states[name]),
  ),
);

function columnItems() {
  const names = chosen().map(({ name }) => name);
  const toggle = (name) => {
    const next = names.includes(name) ? names.filter((other) => other !== name) : [...names, name];
    change({ columns: columns.map((column) => column.name).filter((other) => next.includes(other)), view: null });
  };
  const item = ({ name, title }) =>
    el("button.item", { type: "button", role: "menuitemcheckbox", "aria-checked": String(names.includes(name)), onclick: () => toggle(name) },
      el("span.grow", {}, title), names.includes(name) ? icon("check") : null);
  const group = (title, some) => [el("p.item.quiet-text.small-text", {}, title), ...some.map(item)];
  return [
    ...group(text.columnsOf, columns.filter(({ data }) => data)),
    ...group(text.columnsOurs, columns.filter(({ data, name }) => !data && name !== "id")),
    el("hr"),
    el("button.item", { type: "button", role: "menuitem", onclick: () => change({ columns: null, view: null }) }, text.columnsDefault),
  ];
}
const columnsButton = byId("columns");
byId("views").closest(".menu").before(menu(columnsButton, columnItems));
byId("filter").addEventListener("click", () => filters.edit());
byId("filter").after(curlButton(() => [{ method: "GET", path: `api/table?${parameters()}` }]));

// -- keys ------------------------------------------------------------------------------------------

const declare = (id, chords, run, enabled) =>
  keys.declare({ id: `tasks-${id}`, title: text.keys[id], group: text.group, keys: chords, run, enabled });
const areKnown = () => columns.length > 0;
const hasRow = () => table.activeRow !== null;
declare("search", ["/"], () => byId("search").select() ?? byId("search").focus());
declare("filter", ["F"], () => filters.edit(), areKnown);
declare("details", ["D"], () => (details.isOpen ? details.close() : details.show(table.activeRow.id)), () => details.isOpen || hasRow());
declare("select", ["X"], () => table.toggle(), hasRow);
declare("selectAll", ["Mod+A"], () => selection.toggleAll());
declare("unselect", ["Esc"], () => selection.clear(), () => selection.count > 0);
declare("open", ["O"], () => (location.href = `${root}?task_id=${table.activeRow.id}`), hasRow);
declare("label", ["L"], () => actions.label(), () => rows.total > 0);
declare("delete", ["Delete"], () => actions.ask("delete_tasks"), () => selection.count > 0 && !page.readOnly);
declare("columns", ["C"], () => columnsButton.click(), areKnown);
declare("reload", ["R"], reload);

addEventListener("lsl:table", show);
addEventListener("pagehide", silence);

async function begin() {
  columns = (await get("api/table/columns")).map((column) => ({
    ...column,
    title: column.data ?? text.titles[column.name] ?? column.title,
  }));
  for (const id of ["filter", "columns"]) byId(id).disabled = false;
  details.columns(columns);
  show();
  offerFocus(table);
  if (LOOK_AGAIN) setInterval(look, LOOK_AGAIN);
}
begin().catch((error) => problem(error.message));
