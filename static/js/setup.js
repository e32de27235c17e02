// The Setup page: the label config as text, what is found in it, and how it looks, side by side.
import { call, get } from "./api.js";
import { confirm } from "./dialog.js";
import { byId, el, icon, offerFocus, page } from "./dom.js";
import * as keys from "./keys.js";
import { Notices } from "./notices.js";
import { askWhatBecomes, withKept } from "./setup-changes.js";
import { ConfigEditor } from "./setup-editor.js";
import { Gallery } from "./setup-gallery.js";
import { Preview } from "./setup-preview.js";
import "./shell.js";
import { problem, toast } from "./toast.js";

const TEXT = {
  group: "Setup",
  save: "Save the label config",
  gallery: "Templates",
  revert: "Revert to what is saved",
  revertWhy: "What you changed since the last save is gone then.",
  revertGo: "Revert",
  states: { saved: "Saved", changed: "Not saved yet", faults: "Has faults", saving: "Saving…" },
  line: (line) => `Line ${line}`,
  sample: "Sample task",
  task: (id) => `Task ${id.toLocaleString("en")}`,
  previous: "Previous task",
  next: "Next task",
  hint: "Ctrl+Space completes",
  fine: "No faults found.",
  savedNow: "Saved.",
  opened: (title) => `“${title}” is open. Save to use it; undo brings back what was there.`,
  needs: (title, build) => `“${title}” works only in the ${build}.`,
  useEditor: (build) => `Switch to the ${build}`,
  lacking: (id, names) =>
    `Task ${id.toLocaleString("en")} has no ${names.map((name) => `“${name}”`).join(", ")}; the preview shows an invented task.`,
  preview: (text) => `The preview failed: ${text}`,
  result: "What is stored",
  builds: { classic: "classic editor", modern: "modern editor" },
};
const CALM = 250; // ms without typing until the text is looked at

const notices = new Notices(byId("notices"));
const preview = new Preview(byId("stage"));
const gallery = new Gallery(byId("gallery"));
const result = el("pre", { tabindex: 0 }, "[]");
const editor = new ConfigEditor(byId("code"), {
  doc: page.config,
  dataKeys: page.dataKeys,
  readOnly: Boolean(page.readOnly),
});
let saved = page.config;
let review = null; // of the text `reviewed`
let reviewed = "";
let task = { at: 0, data: {}, id: null }; // `at` counts from 1, 0 is a sample
let template = null; // the sample of the template that was opened last
let shown = ""; // what the preview shows
let state = "saved";

// -- looking at the text --------------------------------------------------------------------------

let timer = 0;
let asked = 0;

function changed() {
  clearTimeout(timer);
  timer = setTimeout(look, CALM);
  setState(editor.text === saved ? "saved" : "changed");
}

async function look() {
  const text = editor.text;
  const turn = ++asked;
  try {
    const body = { label_config: text };
    const { data } = await call("POST", "api/label-config/check", { body, quiet: true });
    if (turn !== asked) return;
    [review, reviewed] = [data, text];
  } catch (error) {
    problem(error.message);
    return;
  }
  const findings = [
    ...review.faults.map((fault) => ({ ...fault, severity: "error" })),
    ...review.advice.map((advice) => ({ ...advice, severity: "warning" })),
  ];
  editor.show(findings);
  showFindings(findings);
  if (!review.ok) setState("faults");
  else setState(text === saved ? "saved" : "changed");
  if (review.usable) showPreview();
}

function showFindings(findings) {
  const rows = findings.map(({ message, line, severity }) =>
    el(
      `button.finding.${severity}`,
      { type: "button", onclick: () => line && editor.goTo(line) },
      icon(severity === "error" ? "warning" : "info"),
      line ? el("strong", {}, TEXT.line(line)) : null,
      el("span", {}, message),
    ),
  );
  byId("findings").replaceChildren(...(rows.length ? rows : [el("p.quiet-text", {}, TEXT.fine)]));
}

function setState(name) {
  state = name;
  const chip = byId("state");
  const kind = { saved: "good", changed: "warn", faults: "bad" }[name] ?? "";
  chip.className = `chip ${kind}`;
  chip.textContent = TEXT.states[name];
  for (const [id, can] of [["save", canSave()], ["revert", editor.text !== saved]]) {
    document.querySelector(`[data-action="${id}"]`).disabled = !can;
  }
}

const canSave = () => state === "changed" && !page.readOnly;

// -- the preview ----------------------------------------------------------------------------------

function buildFor() {
  const { build, installed } = page.editor;
  const wanted = review?.editor ?? build;
  return installed[wanted] ? wanted : Object.keys(installed)[0];
}

// A task of the project's own, unless it lacks what the config shows.
function showPreview() {
  const lacking = task.at ? Object.keys(review.sample).filter((key) => !(key in task.data)) : [];
  const data = task.at && !lacking.length ? task.data : sample();
  if (lacking.length) notices.show("lacking", TEXT.lacking(task.id, lacking));
  else notices.hide("lacking");
  const build = buildFor();
  byId("build").textContent = build ? TEXT.builds[build] : "";
  const now = JSON.stringify([reviewed, data, build]);
  if (now === shown) return;
  shown = now;
  notices.hide("preview");
  preview.show(reviewed, data, build);
}

// The template's own sample as long as it has what the config wants, else an invented one.
function sample() {
  const wanted = Object.keys(review?.sample ?? {});
  const fits = template && wanted.every((key) => key in template);
  return fits ? template : (review?.sample ?? {});
}

async function goToTask(at) {
  const address = `api/tasks?page=${at}&page_size=1&order=id&fields=id,data`;
  try {
    const [found] = at ? await get(address) : [];
    task = found ? { at, ...found } : { at: 0, data: {}, id: null };
  } catch (error) {
    problem(error.message);
    return;
  }
  drawStepper();
  if (review?.usable) showPreview();
}

function drawStepper() {
  const step = (to, label, name) =>
    el(
      "button.button.quiet.square.small",
      {
        type: "button",
        "aria-label": label,
        title: label,
        disabled: to < 0 || to > page.tasks,
        onclick: () => goToTask(to),
      },
      icon(name),
    );
  byId("stepper").replaceChildren(
    step(task.at - 1, TEXT.previous, "previous"),
    el("span.small-text", {}, task.at ? TEXT.task(task.id) : TEXT.sample),
    step(task.at + 1, TEXT.next, "next"),
  );
}

// -- saving ---------------------------------------------------------------------------------------

async function save() {
  clearTimeout(timer);
  await look();
  if (!canSave()) return;
  const { losses, missing, editor: build } = review;
  if (!losses.length && !missing.length) return store([]);
  const said = await askWhatBecomes(losses, missing, build);
  if (!said) return;
  if (said.keep.length) {
    editor.replace(withKept(editor.text, saved, said.keep));
    clearTimeout(timer);
    await look();
    if (!review.ok) return;
  }
  await store(said.changes, build);
}

async function store(changes, build = page.editor.build) {
  const text = editor.text;
  setState("saving");
  try {
    if (build !== page.editor.build) await useEditor(build);
    const body = { label_config: text };
    if (changes.length) await call("POST", "api/label-config/change", { body: { ...body, changes } });
    else await call("POST", "api/project/config", { body });
    saved = text;
    toast(TEXT.savedNow);
  } catch (error) {
    problem(error.message);
  }
  changed();
}

async function useEditor(build) {
  await call("POST", "api/editor", { body: { build } });
  page.editor.build = build;
}

async function revert() {
  if (!(await confirm(TEXT.revert, TEXT.revertWhy, TEXT.revertGo, { danger: true }))) return;
  editor.replace(saved);
}

// -- the gallery ----------------------------------------------------------------------------------

async function showGallery() {
  inGallery(true);
  try {
    await gallery.show();
  } catch (error) {
    hideGallery();
    problem(error.message);
  }
}

function inGallery(shown) {
  byId("gallery").hidden = !shown;
  for (const id of ["panes", "head"]) byId(id).hidden = shown;
}

function hideGallery() {
  inGallery(false);
  history.replaceState(null, "", location.pathname);
}

function openTemplate(example) {
  hideGallery();
  template = example.task.data;
  editor.replace(example.config);
  toast(TEXT.opened(example.title));
  offerEditor(example);
  offerFocus(editor);
}

// A template may need an editor for its tasks, which the text alone does not show.
function offerEditor({ title, editor: build }) {
  notices.hide("editor");
  if (build !== "classic" || page.editor.build === "classic") return;
  const run = async () => {
    try {
      await useEditor(build);
      await look();
    } catch (error) {
      problem(error.message);
    }
  };
  const actions = [{ title: TEXT.useEditor(TEXT.builds[build]), run }];
  notices.show("editor", TEXT.needs(title, TEXT.builds[build]), { kind: "warn", actions });
}

gallery.addEventListener("choose", ({ detail }) => openTemplate(detail));
gallery.addEventListener("close", hideGallery);
preview.addEventListener("problem", ({ detail }) => {
  notices.show("preview", TEXT.preview(detail), { kind: "warn" });
});
preview.addEventListener("result", ({ detail }) => {
  result.textContent = JSON.stringify(detail, null, 2);
});

// -- the page -------------------------------------------------------------------------------------

const isDirty = () => editor.text !== saved;

keys.declare(
  { id: "save", title: TEXT.save, group: TEXT.group, keys: ["Mod+S"], run: save },
  { id: "gallery", title: TEXT.gallery, group: TEXT.group, keys: ["Alt+T"], run: showGallery },
  { id: "revert", title: TEXT.revert, enabled: isDirty, run: revert },
);
editor.addEventListener("change", changed);
addEventListener("beforeunload", (event) => isDirty() && event.preventDefault());
if (page.problem) notices.show("problem", page.problem, { kind: "bad" });
byId("hint").textContent = TEXT.hint;
byId("stage").after(el("details.result", {}, el("summary", {}, TEXT.result), result));

const query = new URLSearchParams(location.search);
if (query.has("gallery")) showGallery();
editor.know(await get("api/label-config/tags"));
if (query.has("template")) openTemplate(await get(`api/gallery/${query.get("template")}`));
await goToTask(page.tasks ? 1 : 0);
await look();
