// One of the two: what is in use, how its last look went, and the forms to use another.
import { actionButton, curlButton } from "./action.js";
import { call, get } from "./api.js";
import { el, icon } from "./dom.js";
import { storageForm } from "./storage-form.js";
import { problem, toast } from "./toast.js";
import { count } from "./words.js";

const TEXT = {
  own: (name) => `This project's folder: ${name}`,
  titles: { source: "Tasks come from", target: "Completions go to" },
  also: {
    source: "Whatever is chosen, tasks can be imported, too.",
    target: "Whatever is chosen, completions are kept in the project's folder first.",
  },
  inUse: "In use",
  kinds: "Use",
  save: "Use it",
  saveAgain: "Save",
  saved: "Saved.",
  local: "Nothing has to be set.",
  sync: { source: "Look for new objects", target: "Write what is owed" },
  states: {
    initialized: ["", "Not asked yet"],
    queued: ["accent", "Waiting"],
    running: ["accent", "Working…"],
    in_progress: ["accent", "Working…"],
    completed: ["good", "Up to date"],
    completed_with_errors: ["warn", "Done, with errors"],
    failed: ["bad", "Failed"],
    cancelled: ["warn", "Stopped"],
  },
  counts: (counts) =>
    Object.entries(counts)
      .map(([name, number]) => `${count(number)} ${name.replaceAll("_", " ")}`)
      .join(", "),
  pending: (number) => `${count(number)} not written yet`,
};
const AGAIN = 1000; // ms until a sync that is running is asked about again
const WORKING = ["queued", "running", "in_progress"];

// `kinds` is {type: {description, current, path, fields}}; `changed` is called after a change.
export function storageCard(role, kinds, { changed, canSync, readOnly }) {
  const all = Object.values(kinds).sort((a, b) => Number(a.fields.length > 0) - Number(b.fields.length > 0));
  const current = all.find((kind) => kind.current) ?? all[0];
  const place = el("div");
  const show = (kind) => place.replaceChildren(form(role, kind, { changed, readOnly }));
  const choices = all.map((kind) => choice(role, kind, kind === current, show));
  show(current);
  return [
    el("h2", { id: `${role}-title` }, TEXT.titles[role]),
    present(role, current, canSync && current.fields.length > 0),
    el("fieldset.kinds", { disabled: Boolean(readOnly) }, el("legend", {}, TEXT.kinds), choices),
    place,
    el("p.quiet-text.small-text", {}, TEXT.also[role]),
  ];
}

// What the API says of the project's own folder is worded as 0.8.x does: Local [… "tasks.json" …].
function named(description) {
  const own = /^Local \[.*"(.+)".*\]$/.exec(description);
  return own ? TEXT.own(own[1]) : description;
}

function present(role, { description, path }, withSync) {
  const card = el(
    "div.present",
    {},
    el("span", {}, el("span.chip.good", {}, TEXT.inUse), " ", named(description)),
    el("code", {}, path),
  );
  if (withSync) card.append(syncLine(role));
  return card;
}

function choice(role, kind, checked, show) {
  const input = { type: "radio", name: role, value: kind.type, checked, onchange: () => show(kind) };
  return el("label.check", {}, el("input", input), el("span", {}, named(kind.description)));
}

function form(role, kind, { changed, readOnly }) {
  const fields = storageForm(role, kind.fields, kind.current);
  const path = `api/project/storage-settings?storage_for=${role}`;
  const body = () => ({ type: kind.type, ...fields.values() });
  const save = async () => {
    try {
      await call("POST", path, { body: body() });
    } catch (error) {
      if (!error.data?.errors || !fields.problems(error.data.errors)) throw error;
      return;
    }
    toast(TEXT.saved);
    await changed();
  };
  const words = kind.current ? TEXT.saveAgain : TEXT.save;
  const button = actionButton("button.button.primary", words, save);
  button.disabled = Boolean(readOnly) || (kind.current && !kind.fields.length);
  return el(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        button.click();
      },
    },
    kind.fields.length ? fields.element : el("p.quiet-text", {}, TEXT.local),
    el("div.row", {}, button, curlButton(() => [{ method: "POST", path, body: body() }])),
  );
}

// How the last look went, asked again while one is under way.
function syncLine(role) {
  const path = `api/project/storage-sync?storage_for=${role}`;
  const line = el("div.sync", { role: "status" });
  const start = async () => draw((await call("POST", path)).data);
  const draw = (sync) => {
    const [kind, words] = TEXT.states[sync.status] ?? ["", sync.status];
    const working = WORKING.includes(sync.status);
    const said = [TEXT.counts(sync.counts ?? {}), sync.pending ? TEXT.pending(sync.pending) : ""];
    line.replaceChildren(
      el(`span.chip${kind && `.${kind}`}`, {}, words),
      el("span.small-text.quiet-text", {}, said.filter(Boolean).join("; ")),
      working ? bar(sync) : actionButton("button.button.small", TEXT.sync[role], start),
    );
    if (sync.error) line.append(el("p.notice.bad", { role: "alert" }, icon("warning"), sync.error));
    if (working) setTimeout(ask, AGAIN);
  };
  const bar = ({ done, total }) => {
    const known = total ? { max: total, value: done ?? 0 } : {};
    return el("progress.progress", { ...known, "aria-label": TEXT.states.running[1] });
  };
  const ask = () => {
    if (line.dataset.asked && !line.isConnected) return;
    line.dataset.asked = "yes";
    get(path).then(draw, (error) => problem(error.message));
  };
  ask();
  return line;
}
