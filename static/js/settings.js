// The Settings page: what was changed is saved in one call; the editor is switched by one of its
// own, after a look at what that would convert.
import "./shell.js";
import { actionButton, curlButton } from "./action.js";
import { address, call } from "./api.js";
import { codeline } from "./codeline.js";
import { open } from "./dialog.js";
import { byId, el, page } from "./dom.js";
import * as keys from "./keys.js";
import { Notices } from "./notices.js";
import { problem, toast } from "./toast.js";
import { counted } from "./words.js";

const TEXT = {
  group: "Settings",
  save: "Save the settings",
  states: { saved: "Saved", changed: "Not saved yet", saving: "Saving…" },
  saved: "Saved.",
  overridden: (names) => `The command line of this server says something else about ${names.join(", ")} than config.json; saving here ends that.`,
  restart: (now) => `This server works with “${now}”; a change holds after the next start.`,
  builds: {
    classic: ["Classic", "The editor of Label Studio 0.8 and 1.0: leaves what they wrote as it is."],
    modern: ["Modern", "The editor of 1.13: video, numbers, dates and more tags, and faster with many regions."],
  },
  inUse: "In use",
  notInstalled: "It is not installed.",
  switchTo: "Switch to it",
  switchTitle: (name) => `Switch to the ${name} editor?`,
  converts: ({ completions, predictions, offsets, labels }) =>
    `${counted(completions, "completion")} and ${counted(predictions, "prediction")} will be written anew: ${counted(offsets, "text offset")} and ${counted(labels, "label")} of HTML are converted.`,
  nothing: "Nothing that is stored has to be converted.",
  unknown: (n) => `${counted(n, "region")} cannot be converted, because their text is not in the task; they stay as they are.`,
  lacks: (names) => `The label config uses what this editor lacks: ${names.join(", ")}.`,
  cancel: "Cancel",
  go: "Switch",
  switched: "Switched.",
};

const notices = new Notices(byId("notices"));
const fields = [...document.querySelectorAll("[data-setting]")];
let stored = page.settings;
let busy = false;

// -- values ---------------------------------------------------------------------------------------

function fill() {
  for (const field of fields) {
    const value = stored[field.dataset.setting];
    if (field.type === "radio") field.checked = field.value === value;
    else if (field.type === "checkbox") field.checked = Boolean(value);
    else field.value = value ?? "";
  }
}

function read(field) {
  if (field.type === "checkbox") return field.checked;
  if (field.type === "number") return field.value === "" ? null : Number(field.value);
  return field.value;
}

function changes() {
  const found = {};
  for (const field of fields) {
    if (field.type === "radio" && !field.checked) continue;
    const name = field.dataset.setting;
    const value = read(field);
    if (value !== (stored[name] ?? (typeof value === "string" ? "" : null))) found[name] = value;
  }
  return found;
}

function show() {
  const dirty = Object.keys(changes()).length > 0;
  const name = busy ? "saving" : dirty ? "changed" : "saved";
  const chip = byId("state");
  chip.className = `chip ${{ saved: "good", changed: "warn" }[name] ?? ""}`;
  chip.textContent = TEXT.states[name];
  document.querySelector('[data-action="save"]').disabled = !canSave();
}

const canSave = () => !busy && !page.readOnly && Object.keys(changes()).length > 0;

async function save() {
  if (!canSave()) return;
  busy = true;
  for (const line of document.querySelectorAll(".problem")) line.hidden = true;
  show();
  try {
    const { data } = await call("PATCH", "api/settings", { body: changes() });
    stored = data;
    notices.hide("overridden");
    toast(TEXT.saved);
  } catch (error) {
    tell(error);
  } finally {
    busy = false;
    show();
  }
}

// "name: reason; name: reason" from the server is shown at each field, and as it is elsewhere.
function tell(error) {
  let told = false;
  for (const part of error.message.split("; ")) {
    const [name, reason] = part.split(/: (.*)/s);
    const field = fields.find((one) => one.dataset.setting === name);
    const line = field?.closest(".field").querySelector(".problem");
    if (!line || !reason) continue;
    line.hidden = false;
    line.textContent = reason;
    if (!told) field.focus();
    told = true;
  }
  if (!told) problem(error.message);
}

// -- the editor -----------------------------------------------------------------------------------

function drawBuilds() {
  const { build, installed } = page.editor;
  byId("builds").replaceChildren(
    ...Object.entries(TEXT.builds).map(([name, [title, about]]) => {
      const chosen = name === build;
      const button = actionButton("button.button.small", TEXT.switchTo, () => switchTo(name));
      button.disabled = Boolean(page.readOnly);
      const action = installed[name] ? button : el("p.quiet-text", {}, TEXT.notInstalled);
      return el(
        `div.build${chosen ? ".chosen" : ""}`,
        { data: { build: name } },
        el("h3", {}, title, chosen ? el("span.chip.accent", {}, TEXT.inUse) : null),
        el("p.quiet-text", {}, about),
        chosen ? null : action,
      );
    }),
  );
}

async function switchTo(build) {
  const path = "api/editor";
  const trial = await call("POST", path, { body: { build, dry_run: true }, quiet: true });
  const { completions, predictions, unknown, missing } = trial.data;
  const lines = [
    el("p", {}, completions + predictions ? TEXT.converts(trial.data) : TEXT.nothing),
    unknown ? el("p.notice.warn", {}, TEXT.unknown(unknown)) : null,
    missing.length ? el("p.notice.warn", {}, TEXT.lacks(missing)) : null,
  ];
  const button = (kind, value, words) =>
    el(`button.button${kind}`, { type: "button", onclick: () => shown.close(value) }, words);
  const shown = open(TEXT.switchTitle(TEXT.builds[build][0].toLowerCase()), lines, {
    footer: [button("", "", TEXT.cancel), button(".primary", "go", TEXT.go)],
  });
  if ((await shown.closed) !== "go") return;
  await call("POST", path, { body: { build } });
  page.editor.build = build;
  drawBuilds();
  toast(TEXT.switched);
}

// -- the page -------------------------------------------------------------------------------------

keys.declare({
  id: "save",
  title: TEXT.save,
  group: TEXT.group,
  keys: ["Mod+S"],
  enabled: canSave,
  run: save,
});
fill();
for (const field of fields) {
  field.addEventListener("input", show);
  field.disabled = Boolean(page.readOnly);
}
addEventListener("beforeunload", (event) => Object.keys(changes()).length && event.preventDefault());
for (const line of document.querySelectorAll("[data-line]")) line.append(codeline(line.dataset.line));
for (const details of document.querySelectorAll(".licence")) {
  details.addEventListener("toggle", async () => {
    for (const text of details.querySelectorAll("[data-text]")) {
      if (details.open) text.textContent = await (await fetch(address(text.dataset.text))).text();
    }
  });
}
byId("curl").append(curlButton(() => [{ method: "PATCH", path: "api/settings", body: changes() }]));
byId("durability-now").textContent = TEXT.restart(page.durability);
if (page.problem) notices.show("problem", page.problem, { kind: "bad" });
if (page.overridden.length) notices.show("overridden", TEXT.overridden(page.overridden));
drawBuilds();
show();
