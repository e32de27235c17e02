// The Import page: sources fill a list of files, the server says what it understood, and then all
// of it is imported at once or forgotten.
import "./shell.js";
import { call, get } from "./api.js";
import { curlButton } from "./action.js";
import { byId, el, offerFocus, page } from "./dom.js";
import { filesOf, filesOfInput, kindOfText } from "./dropped.js";
import { FileList } from "./import-files.js";
import { FolderPanel } from "./import-folder.js";
import { chooser, foundWork, goWork, reading, wish } from "./import-finished.js";
import { go, result, understood } from "./import-preview.js";
import { text } from "./import-text.js";
import { cancel, follow, running } from "./jobs.js";
import * as keys from "./keys.js";
import { problem } from "./toast.js";

const EXTENSION = { json: "json", csv: "csv", tsv: "tsv", txt: "txt" };
const SETTLED = 150; // ms without a change before the server is asked what it understands

const main = byId("main");
const list = new FileList(byId("staged"), changed);
let formats = []; // of finished work
let seen = null; // {key, ids, preview} of the last answer
let asking = null; // AbortController of a question on its way
let settling = 0;
let job = null;

// -- sources ---------------------------------------------------------------------------------------

const tabs = [...document.querySelectorAll('[role="tab"]')];

function showTab(chosen, focus = true) {
  for (const tab of tabs) {
    const isChosen = tab === chosen;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = !isChosen;
  }
  if (focus) chosen.focus();
}

for (const [at, tab] of tabs.entries()) {
  tab.addEventListener("click", () => showTab(tab));
  tab.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step) showTab(tabs[(at + step + tabs.length) % tabs.length]);
  });
}

for (const name of ["files-input", "folder-input"]) {
  byId(name).addEventListener("change", ({ target }) => {
    add(filesOfInput(target));
    target.value = "";
  });
}

function add(found) {
  if (page.readOnly) problem(text.readOnly(page.readOnly));
  else list.add(found);
}

let veil = null;
const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  veil ??= main.appendChild(el("div.drag-veil", {}, text.dropHere));
});
addEventListener("dragleave", (event) => event.relatedTarget === null && unveil());
addEventListener("drop", async (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  unveil();
  add(await filesOf(event.dataTransfer));
});

function unveil() {
  veil?.remove();
  veil = null;
}

addEventListener("paste", async (event) => {
  if (event.target.closest?.("input, textarea, dialog")) return;
  const pasted = event.clipboardData.getData("text/plain");
  if (event.clipboardData.files.length) add(await filesOf(event.clipboardData));
  else if (pasted.trim()) {
    const kind = kindOfText(pasted);
    showTab(byId(kind === "url" ? "tab-url" : "tab-text"), false);
    const field = byId(kind === "url" ? "url-input" : "text-input");
    field.value = pasted.trim();
    field.dispatchEvent(new Event("input"));
    field.focus();
  } else return;
  event.preventDefault();
});

byId("text-input").addEventListener("input", ({ target }) => {
  const kind = kindOfText(target.value);
  byId("text-kind").value = kind === "url" ? "txt" : kind;
});

byId("text-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = byId("text-input");
  if (!input.value.trim()) return input.focus();
  const name = `${text.pasted}.${EXTENSION[byId("text-kind").value]}`;
  add([{ file: new File([input.value], name), path: name }]);
  input.value = "";
  showTab(tabs[0], false);
});

byId("url-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = byId("url-input");
  const url = input.value.trim();
  input.value = "";
  showTab(tabs[0], false);
  list.fetch(url, async () => {
    const body = new FormData();
    body.append("url", url);
    return (await call("POST", "api/imports/files", { body })).data[0];
  });
});

// -- what was understood ---------------------------------------------------------------------------

function changed() {
  main.classList.toggle("compact", !list.isEmpty);
  byId("result").hidden = true;
  clearTimeout(settling);
  asking?.abort();
  if (!list.ids.length || list.busy) show(null);
  else settling = setTimeout(ask, SETTLED);
}

async function ask() {
  const ids = list.ids;
  const wanted = wish();
  const key = JSON.stringify([ids, { ...wanted.finished, set_label_config: false }]);
  if (seen?.key === key) return show(seen.preview);
  show(null, text.looking);
  asking = new AbortController();
  const { signal } = asking;
  try {
    const { data } = await call("POST", "api/imports/preview", { body: { files: ids, ...wanted }, signal });
    seen = { key, ids, preview: data };
    list.understood(data.files ?? null);
    show(data);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!wanted.finished || error.isAway) problem(error.message);
    else show({ problem: error.message, tasks: 0, missing: [] });
  }
}

function show(preview, waiting = "") {
  const shown = byId("understood");
  shown.hidden = !preview && !waiting;
  if (waiting) shown.replaceChildren(el("p.row", {}, el("span.spinner"), waiting));
  const bar = byId("go");
  bar.hidden = !preview;
  if (!preview) return;
  const isWork = Boolean(reading.format);
  const again = () => show(preview);
  shown.replaceChildren(...chooser(formats, ask), ...(isWork ? foundWork(preview, again) : understood(preview)));
  const body = () => wanted(preview);
  bar.replaceChildren(...(isWork ? goWork(preview, () => start(preview), body) : go(preview, start, body)));
}

// -- importing -------------------------------------------------------------------------------------

const wanted = (preview) => ({
  method: "POST",
  path: "api/imports",
  body: { files: seen.ids, ...wish(), ...(preview.bad && { skip_bad: true }) },
});

async function start(preview) {
  const { method, path, body } = wanted(preview);
  await watch((await call(method, path, { body })).data);
}

async function watch(started) {
  job = started;
  main.classList.add("importing");
  list.lock(true);
  const bar = byId("go");
  const words = el("p", { role: "status" });
  const progress = el("progress.progress", { "aria-label": text.goAll, max: 1, value: 0 });
  const stop = el("button.button", { type: "button", onclick: () => cancel(job) }, text.cancel);
  bar.hidden = false;
  bar.replaceChildren(el("div.grow.stack.tight", {}, words, progress), stop);
  job = await follow(started, (now) => {
    words.textContent = text.importing(now);
    progress.max = Math.max(now.total, 1);
    progress.value = now.done;
  });
  main.classList.remove("importing");
  list.lock(false);
  ended(job);
  job = null;
}

function ended(done) {
  const shown = byId("result");
  if (done.status === "completed") {
    seen = null;
    list.forget();
  } else if (seen) show(seen.preview);
  shown.replaceChildren(...result(done));
  shown.hidden = false;
  offerFocus(shown.querySelector("a, button"));
}

// -- the start -------------------------------------------------------------------------------------

keys.declare(
  { id: "choose-files", title: text.chooseFiles, group: text.group, keys: ["Alt+O"], run: () => byId("files-input").click() },
  { id: "choose-folder", title: text.chooseFolder, group: text.group, run: () => byId("folder-input").click() },
  ...tabs.map((tab) => ({ id: `import-${tab.id}`, title: text.showTab(tab.textContent.trim()), run: () => showTab(tab) })),
);
for (const button of document.querySelectorAll('[data-action^="choose-"]')) {
  button.addEventListener("click", () => keys.run(button.dataset.action));
}
byId("head-actions").append(curlButton(() => [{ method: "POST", path: "api/project/import", body: text.example }]));
new FolderPanel(byId("panel-folder"));

async function begin() {
  const [unfinished] = await running("import");
  formats = await get("api/imports/formats");
  const files = await get("api/imports/files");
  list.restore(files);
  if (unfinished) await watch(unfinished);
}
begin().catch((error) => problem(error.message));
