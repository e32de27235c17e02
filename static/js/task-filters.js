// Filters: chips that say them in words, and the dialog in which one is made or changed.
import { open } from "./dialog.js";
import { el, icon } from "./dom.js";
import { change, state } from "./task-state.js";
import { text } from "./task-text.js";

const OFFERED = {
  String: ["contains", "not_contains", "equal", "not_equal", "regex", "in_list", "empty"],
  Number: ["equal", "not_equal", "less", "greater", "in", "empty"],
  Time: ["less", "greater", "in", "empty"],
  Datetime: ["less", "greater", "in", "empty"],
  Boolean: ["equal"],
  List: ["contains", "not_contains", "empty"],
};
const INPUTS = { Number: "number", Time: "number", Datetime: "datetime-local" };

export class Filters {
  #place;
  #columns = [];

  constructor(place) {
    this.#place = place;
  }

  // `columns` are all that there are, also those that are not shown.
  show(columns) {
    this.#columns = columns.filter(({ type }) => type !== null);
    const chips = state.filters.map((filter, at) => this.#chip(filter, at));
    this.#place.hidden = !chips.length;
    if (!chips.length) return this.#place.replaceChildren();
    const clear = { type: "button", onclick: () => change({ filters: [], any: false, view: null }) };
    this.#place.replaceChildren(
      ...(chips.length > 1 ? [this.#conjunction()] : []),
      ...chips,
      el("button.button.quiet.small", clear, text.clear),
    );
  }

  #conjunction() {
    const onchange = ({ target }) => change({ any: target.value === "any", view: null });
    return el("label.row.small-text", {}, text.conjunction,
      el("select.input.tiny", { onchange },
        ["all", "any"].map((name) => el("option", { value: name, selected: (name === "any") === state.any }, text[name])),
      ),
    );
  }

  #chip(filter, at) {
    const words = this.#words(filter);
    const remove = () => change({ filters: state.filters.filter((_, other) => other !== at), view: null });
    return el("span.filter-chip", {},
      el("button", { type: "button", "aria-label": text.change(words), onclick: () => this.edit(at) }, words),
      el("button", { type: "button", "aria-label": text.remove(words), title: text.remove(words), onclick: remove }, icon("close")),
    );
  }

  #words({ column, operator, type, value }) {
    const found = this.#columns.find(({ name }) => name === column);
    return text.words(found?.title ?? column.replace(/^data\./, ""), operator, type, value);
  }

  // `at` is the place of the filter to change; without it, a new one is made.
  edit(at = null) {
    const old = at === null ? null : state.filters[at];
    const first = old?.column ?? this.#columns.find(({ data }) => data)?.name;
    const column = el("select.input", { id: "filter-column" },
      this.#columns.map(({ name, title }) => el("option", { value: name, selected: name === first }, title)),
    );
    const operator = el("select.input", { id: "filter-operator" });
    const values = el("div.filter-values");
    const typeOf = () => this.#columns.find(({ name }) => name === column.value)?.type ?? "String";
    const chooseOperators = () => {
      const names = text.operators(typeOf());
      const chosen = operator.value || old?.operator;
      operator.replaceChildren(
        ...OFFERED[typeOf()].map((name) => el("option", { value: name, selected: name === chosen }, names[name])),
      );
      chooseValues();
    };
    let read = () => null;
    const chooseValues = () => {
      read = fields(values, operator.value, typeOf(), old?.operator === operator.value ? old.value : undefined);
    };
    column.addEventListener("change", chooseOperators);
    operator.addEventListener("change", chooseValues);
    const form = el("form.stack", { onsubmit: (event) => {
      event.preventDefault();
      const made = { column: column.value, operator: operator.value, type: typeOf(), value: read() };
      const filters = [...state.filters];
      if (at === null) filters.push(made);
      else filters[at] = made;
      shown.close();
      change({ filters, view: null });
    } },
      el("div.filter-form", {},
        el("div.field", {}, el("label", { for: "filter-column" }, text.column), column),
        el("div.field", {}, el("label", { for: "filter-operator" }, text.operator), operator),
        values,
      ),
      el("div.actions.end", {}, el("button.button.primary", {}, text.apply)),
    );
    const shown = open(text.filterTitle, form);
    chooseOperators();
    column.focus();
  }
}

// Puts the fields for a value into their place, and answers how to read it.
function fields(place, operator, type, old) {
  const field = (id, label, value, { hint, ...given } = {}) => {
    const input = el("input.input", { id, type: INPUTS[type] ?? "text", step: type === "Datetime" ? null : "any", required: true, ...given });
    input.value = value ?? "";
    return [el("div.field", {}, el("label", { for: id }, label), input, hint ? el("p.hint", {}, hint) : null), input];
  };
  const parsed = (input) => {
    if (INPUTS[type] === "number") return input.value === "" ? null : Number(input.value);
    if (type === "Datetime") return input.value ? new Date(input.value).toISOString() : null;
    return input.value;
  };
  if (operator === "empty" || type === "Boolean") {
    const choice = el("select.input", { id: "filter-value" },
      [["true", text.yes], ["false", text.no]].map(([value, words]) =>
        el("option", { value, selected: String(old ?? true) === value }, words)),
    );
    place.replaceChildren(el("div.field", {}, el("label", { for: "filter-value" }, text.value), choice));
    return () => choice.value === "true";
  }
  if (operator === "in" || operator === "not_in") {
    const [least, low] = field("filter-least", text.least, local(old?.min, type), { required: null });
    const [most, high] = field("filter-most", text.most, local(old?.max, type), { required: null });
    place.replaceChildren(el("div.two", {}, least, most));
    return () => ({ min: parsed(low), max: parsed(high) });
  }
  if (operator === "in_list" || operator === "not_in_list") {
    const [whole, input] = field("filter-value", text.value, old?.join(", "), { type: "text", hint: text.listHint });
    place.replaceChildren(whole);
    return () => input.value.split(",").map((word) => word.trim()).filter(Boolean);
  }
  const [whole, input] = field("filter-value", text.value, local(old, type));
  place.replaceChildren(whole);
  return () => parsed(input);
}

// A moment as the browser's field for it has it.
function local(value, type) {
  if (type !== "Datetime" || !value) return value;
  const moment = new Date(value);
  return new Date(moment - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
