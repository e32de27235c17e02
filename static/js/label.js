// The Label page: one task after the other, or one task with ?task_id=.
import { get } from "./api.js";
import { confirm } from "./dialog.js";
import { byId, page } from "./dom.js";
import { Drafts } from "./drafts.js";
import { Editor } from "./editor.js";
import { instructions } from "./instructions.js";
import * as keys from "./keys.js";
import { completionsOf, newest, predictionsOf } from "./label-items.js";
import { text } from "./label-text.js";
import { Notices } from "./notices.js";
import { showRefused } from "./refused.js";
import { outbox, shell } from "./shell.js";
import { Stopwatch } from "./stopwatch.js";
import { Stream } from "./stream.js";
import { Tabs } from "./tabs.js";
import { problem, toast } from "./toast.js";
import { Trail } from "./trail.js";
import { Workbar } from "./workbar.js";

const SLIP = 700; // ms in which a second submit is taken for a slip if nothing was done between
const RESUME = `lsl:${page.project}:resume`;

const editor = new Editor(byId("label-studio"), page.config, page.editor);
const drafts = new Drafts(page.project);
const tabs = new Tabs(page.project);
const trail = new Trail(page.project);
const notices = new Notices(byId("notices"));
const bar = new Workbar({ editor, outbox, drafts, select, canDelete: page.canDelete });
const stream = new Stream(page.sampling, () => {
  const here = current ? [current.id] : [];
  return new Set([...outbox.tasks, ...tabs.others, ...here]);
});

let current = null; // {id, work, ref, watch, shownAt, touched, snapshot}
let progress = page.first.progress ?? { tasks: 0, completed: 0, skipped: 0 };
const submitted = []; // what can be taken back, newest last

// -- showing a task -----------------------------------------------------------------------------

// Shows {task, draft, revisions, sites, problems}. With `begin`, {result, key}, unsaved work takes
// the place of the draft.
function show(work, { begin = null } = {}) {
  const { task } = work;
  if (mustReload(work)) return;
  leave();
  const completions = completionsOf(work, outbox);
  const predictions = predictionsOf(work);
  const { draft, other } = drafts.open(task.id, work.draft);
  const resumed = begin ?? workOf(draft);
  const ref = draft?.unique_id ?? crypto.randomUUID();
  current = { id: task.id, work, ref, shownAt: performance.now(), touched: false };
  current.watch = new Stopwatch(resumed ? (resumed.seconds ?? 0) : 0);
  const edited = completions.find((item) => resumed && item.key === resumed.key);
  if (edited) Object.assign(edited, { result: resumed.result, edited: true });
  const chosen = edited ?? (resumed ? null : newest(completions));
  const first = chosen || resumed ? null : predictions[0];
  editor.show(
    { id: task.id, data: task.data, completions, predictions },
    { choose: chosen?.key ?? null, begin: resumed?.result ?? first?.result ?? null },
  );
  current.fresh = { edited: Boolean(resumed && !edited), from: first?.model ?? null };
  current.snapshot = editor.snapshot;
  byId("stage").hidden = false;
  byId("nothing").hidden = true;
  keys.reserve(editor.hotkeys());
  trail.visit(task.id);
  tabs.show(task.id);
  tell(work, { draft: begin ? null : draft, other });
  bar.show(current, progress);
  performance.mark("lsl:shown");
  stream.prefetch();
}

const workOf = (draft) =>
  draft && {
    key: draft.completion_id === null ? null : String(draft.completion_id),
    result: draft.result,
    seconds: draft.lead_time ?? 0,
  };

// The policy of this page names the sites that media come from; a new one needs the page anew.
function mustReload({ task, sites = [] }) {
  const allowed = new Set(page.sites);
  const fits = (site) => allowed.has(site) || allowed.has(`${new URL(site, location).protocol}`);
  if (sites.every(fits) || sessionStorage.getItem(RESUME) === String(task.id)) return false;
  sessionStorage.setItem(RESUME, task.id);
  location.reload();
  return true;
}

function tell(work, { draft, other }) {
  notices.clear(["read-only", "lacks"]);
  const held = editor.items().reduce((sum, item) => Math.max(sum, item.held), 0);
  if (draft) {
    const at = draft.saved_at ? draft.saved_at * 1000 : null;
    const actions = [{ title: text.discard, run: discardDraft }];
    notices.show("draft", text.draftBack(at), { actions });
  }
  if (other) offer(other);
  if (held) notices.show("held", text.held(held), { kind: "warn" });
  if (work.problems?.length) notices.show("model", text.problems(work.problems), { kind: "warn" });
}

function offer(other) {
  const run = () => {
    drafts.takeOver(other.revision);
    show(current.work, { begin: workOf(other) });
    keepDraft({ force: true });
  };
  notices.show("other", text.draftElsewhere, { kind: "warn", actions: [{ title: text.useOther, run }] });
}

function leave() {
  current?.watch.stop();
  drafts.flush();
}

function showNothing(state) {
  leave();
  current = null;
  tabs.show(null);
  notices.clear(["read-only", "lacks"]);
  editor.showNothing();
  byId("stage").hidden = true;
  bar.showNothing(state, progress);
}

// -- going on -----------------------------------------------------------------------------------

let going = 0; // a later wish makes an earlier one void

async function go(read, failed) {
  const mine = ++going;
  bar.waiting(true);
  try {
    const work = await read();
    if (mine !== going) return;
    if (work.task) show(work);
    else {
      progress = work.progress ?? progress;
      showNothing({ done: true });
    }
  } catch (error) {
    if (mine === going) failed(error);
  } finally {
    if (mine === going) bar.waiting(false);
  }
}

function openTask(id) {
  return go(
    () => get(`api/label/tasks/${id}`),
    (error) => problem(error.message),
  );
}

function nextTask() {
  const ahead = stream.take();
  if (ahead) {
    going++;
    return show(ahead);
  }
  return go(
    () => stream.next(),
    (error) => showNothing({ problem: text.noNext(error.message), again: nextTask }),
  );
}

function next() {
  const id = trail.forward();
  return id === null ? nextTask() : openTask(id);
}

function previous() {
  const id = trail.back(current?.id ?? null);
  if (id !== null) openTask(id);
}

// After something was saved: on to the next task in the stream, else the same task as it is now.
function goOn(item, message) {
  if (page.taskId === null || trail.length > 1) return next();
  const work = current.work;
  toast(message);
  show({ ...work, draft: null });
  return item;
}

// -- saving -------------------------------------------------------------------------------------

function isSlip() {
  return !current.touched && performance.now() - current.shownAt < SLIP;
}

function submit() {
  if (!current || isSlip() || page.readOnly) return;
  performance.mark("lsl:submit");
  if (!editor.validate()) return;
  const work = editor.work();
  if (!work) return;
  const isNew = work.kind !== "completion";
  if (!isNew && !work.changed && !work.edited && !work.skipped) {
    toast(text.unchanged);
    if (page.taskId === null) next();
    return;
  }
  save(isNew ? "create" : "update", work);
}

function skip() {
  if (!current || isSlip() || page.readOnly) return;
  const work = editor.work();
  if (work) save("skip", work);
}

function save(kind, work) {
  const isNew = work.kind !== "completion";
  const seconds = Math.round((current.watch.seconds + (isNew ? 0 : work.seconds0 ?? 0)) * 1000) / 1000;
  const body = { result: work.result, lead_time: seconds };
  const item = { kind, taskId: current.id, body };
  if (isNew) {
    item.ref = current.ref;
    body.unique_id = current.ref;
    if (work.star) body.honeypot = true;
  } else {
    item.completionId = work.id;
    item.ref = work.ref;
    item.ifMatch = work.revision;
    if (kind === "update" && work.skipped) body.was_cancelled = false;
  }
  const opened = current.work;
  const wasOpen = isNew && completionsOf(opened, outbox).length === 0;
  const { seq } = outbox.add(item);
  const before = isNew ? null : stored(work);
  submitted.push({ seq, item, work: opened, before, wasOpen });
  if (submitted.length > 20) submitted.shift();
  count({ wasOpen, skipped: kind === "skip" });
  dropDraft();
  tabs.saved(current.id);
  stream.forget(current.id);
  remember(opened, item, work);
  goOn(item, text.savedToast);
}

// What the server has of a completion, for taking a change back.
const stored = (work) => ({
  result: current.work.task.completions?.find(({ id }) => id === work.id)?.result ?? work.result,
  was_cancelled: work.skipped,
  lead_time: work.seconds0,
});

// Tasks that are visited again before the server has answered.
function remember(opened, item) {
  opened.draft = null;
  return item;
}

function count({ wasOpen, skipped, back = false }) {
  const step = back ? -1 : 1;
  progress = {
    ...progress,
    completed: progress.completed + (wasOpen ? step : 0),
    skipped: progress.skipped + (skipped ? step : 0),
    seconds_left:
      progress.lead_time && wasOpen
        ? Math.max(0, progress.seconds_left - step * progress.lead_time)
        : progress.seconds_left,
  };
}

function undoSubmit() {
  const last = submitted.pop();
  if (!last) return toast(text.nothingToUndo);
  const { seq, item, work, before, wasOpen } = last;
  const { taskId, ref, completionId } = item;
  const isNew = !before;
  if (!outbox.cancel(seq)) {
    if (!isNew) {
      const changed = { was_cancelled: before.was_cancelled };
      outbox.add({ kind: "update", taskId, ref, completionId, body: { ...before, ...changed } });
    } else if (page.canDelete) outbox.add({ kind: "remove", taskId, ref });
  }
  count({ wasOpen, skipped: item.kind === "skip", back: true });
  trail.visit(taskId);
  show(work, { begin: { key: isNew ? null : String(completionId ?? ref), result: item.body.result } });
  current.ref = crypto.randomUUID();
  keepDraft({ force: true });
  return toast(text.takenBack);
}

// -- drafts -------------------------------------------------------------------------------------

function keepDraft({ force = false } = {}) {
  if (!current || page.readOnly) return;
  const snapshot = editor.snapshot;
  if (snapshot === current.snapshot && !force) return;
  current.snapshot = snapshot;
  const work = editor.work();
  if (!work || work.kind === "prediction") return;
  bar.update();
  if (!work.changed && !work.edited && !force) {
    if (drafts.state !== "none") dropDraft();
    return;
  }
  drafts.keep({
    completion_id: work.kind === "completion" ? work.id : null,
    unique_id: work.kind === "completion" ? null : current.ref,
    result: work.result,
    lead_time: Math.round(current.watch.seconds * 10) / 10,
  });
}

function dropDraft() {
  const { known, revision } = drafts.drop();
  if (known) outbox.add({ kind: "undraft", taskId: current.id, ifMatch: revision });
}

function discardDraft() {
  dropDraft();
  show({ ...current.work, draft: null });
}

// -- the completions of a task ------------------------------------------------------------------

function select(key) {
  editor.select(key);
  current.snapshot = editor.snapshot;
  keys.reserve(editor.hotkeys());
  bar.update();
}

function addCompletion(result = null, item = {}) {
  editor.add(result, item);
  current.ref = crypto.randomUUID();
  current.snapshot = editor.snapshot;
  bar.update();
}

function acceptPrediction() {
  const chosen = editor.items().find((item) => item.kind === "prediction" && item.selected);
  const prediction = chosen ?? editor.items().find((item) => item.kind === "prediction");
  if (prediction) addCompletion(prediction.result, { from: prediction.model, edited: true });
}

function star() {
  const work = editor.work();
  if (!work || work.kind === "prediction") return;
  const on = !work.star;
  editor.note(work.key, { star: on });
  if (work.kind === "completion") {
    const { id: completionId, ref } = work;
    outbox.add({ kind: "star", taskId: current.id, completionId, ref, body: { honeypot: on } });
  }
  bar.update();
}

function removeCompletion() {
  const work = editor.work();
  if (work?.kind !== "completion") return;
  const { id: completionId, ref, key } = work;
  const taskId = current.id;
  const opened = current.work;
  const { seq } = outbox.add({ kind: "remove", taskId, completionId, ref });
  const left = completionsOf(opened, outbox);
  if (!left.length) count({ wasOpen: true, skipped: work.skipped, back: true });
  dropDraft();
  show({ ...opened, draft: null });
  const run = () => {
    if (!outbox.cancel(seq)) {
      const { result, seconds, star: honeypot } = work;
      const body = { result, lead_time: seconds, honeypot, unique_id: crypto.randomUUID() };
      outbox.add({ kind: work.skipped ? "skip" : "create", taskId, ref: body.unique_id, body });
    }
    if (!left.length) count({ wasOpen: true, skipped: work.skipped });
    if (current?.id === taskId) show({ ...opened, draft: null });
  };
  toast(text.deleted, { action: { title: text.bringBack, run } });
  return key;
}

async function reset() {
  if (!editor.canUndo) return;
  if (await confirm(text.startOver, text.startOverText, text.reset, { danger: true })) {
    editor.reset();
    keepDraft();
  }
}

// -- starting -----------------------------------------------------------------------------------

function declareActions() {
  const has = () => current !== null;
  const chosen = () => (has() ? editor.items().find((item) => item.selected) : null);
  const isSaved = () => chosen()?.kind === "completion";
  const hasPrediction = () => has() && editor.items().some((item) => item.kind === "prediction");
  const writable = () => has() && !page.readOnly;
  keys.declare(
    { id: "submit", title: text.submit, group: text.group, keys: ["Mod+Enter", "Alt+Enter"], enabled: writable, run: submit, inFields: true },
    { id: "skip", title: text.skip, group: text.group, keys: ["Mod+Space"], enabled: writable, run: skip },
    { id: "next", title: text.next, group: text.group, keys: ["Alt+Shift+Right"], run: next },
    { id: "previous", title: text.previous, group: text.group, keys: ["Alt+Shift+Left"], enabled: () => trail.canGoBack(current?.id ?? null), run: previous },
    { id: "undo-submit", title: text.undo, group: text.group, keys: ["Alt+Shift+Z"], enabled: () => submitted.length > 0, run: undoSubmit },
    { id: "instructions", title: text.instructions, group: text.group, keys: ["Alt+Shift+I"], enabled: () => Boolean(page.instruction), run: () => instructions(page.instruction) },
    { id: "undo-step", title: text.undoStep, group: text.work, keys: ["Mod+Z"], repeat: true, enabled: () => has() && editor.canUndo, run: () => step("undo") },
    { id: "redo-step", title: text.redoStep, group: text.work, keys: ["Mod+Shift+Z"], repeat: true, enabled: () => has() && editor.canRedo, run: () => step("redo") },
    { id: "reset", title: text.reset, group: text.work, keys: [], enabled: () => has() && editor.canUndo, run: reset },
    { id: "accept", title: text.acceptPrediction, group: text.work, keys: ["Alt+Shift+A"], enabled: hasPrediction, run: acceptPrediction },
    { id: "add", title: text.add, group: text.work, keys: ["Alt+Shift+N"], enabled: has, run: () => addCompletion() },
    { id: "copy", title: text.copy, group: text.work, keys: ["Alt+Shift+C"], enabled: isSaved, run: () => addCompletion(editor.work().result, { edited: true }) },
    { id: "star", title: text.star, group: text.work, keys: ["Alt+Shift+G"], enabled: writable, run: star },
    { id: "remove", title: text.remove, group: text.work, keys: ["Alt+Shift+Delete"], enabled: () => isSaved() && page.canDelete && !page.readOnly, run: removeCompletion },
    { id: "editor-settings", title: text.editorSettings, enabled: has, run: () => editor.showSettings() },
    { id: "refused", title: text.refused, enabled: () => outbox.state.refused.length > 0, run: () => showRefused(outbox, openRefused) },
  );
}

function step(name) {
  editor[name]();
  keepDraft();
  bar.update();
}

async function openRefused(item) {
  const work = await get(`api/label/tasks/${item.taskId}`);
  const key = item.completionId ? String(item.completionId) : null;
  show(work, { begin: { key, result: item.body.result ?? [] } });
  keepDraft({ force: true });
}

function listen() {
  const touch = (event) => {
    const slip = event.type === "keydown" ? keys.chordOf(event) === null : byId("workbar").contains(event.target);
    if (current && !slip) current.touched = true;
  };
  addEventListener("pointerdown", touch, true);
  addEventListener("keydown", touch, true);
  editor.addEventListener("change", () => keepDraft());
  editor.addEventListener("submit", submit);
  editor.addEventListener("skip", skip);
  outbox.addEventListener("refused", ({ detail }) => {
    const action = { title: text.refused, run: () => keys.run("refused") };
    problem(text.refusedItem(detail), { action, stay: true });
  });
  outbox.addEventListener("acknowledged", ({ detail }) => acknowledged(detail));
  tabs.addEventListener("same", () => notices.show("same", text.elsewhere, { kind: "warn" }));
  tabs.addEventListener("saved", ({ detail }) => savedElsewhere(detail));
  drafts.addEventListener("elsewhere", async () => {
    const { draft } = await get(`api/label/tasks/${current.id}`);
    if (draft) offer(draft);
  });
}

let refresh = 0;

function acknowledged({ item, id, revision }) {
  if (current?.id === item.taskId && id !== null) {
    editor.note(item.ref ?? String(id), { id, revision });
    editor.note(String(id), { revision });
  }
  clearTimeout(refresh);
  refresh = setTimeout(async () => {
    if (outbox.state.status !== "saved") return;
    progress = await get("api/progress").catch(() => progress);
    bar.update(progress);
  }, 600);
}

function savedElsewhere(id) {
  stream.forget(id);
  if (current?.id !== id) return;
  const actions = [{ title: text.reload, run: () => openTask(id) }];
  notices.show("saved", text.savedElsewhere, { kind: "warn", actions });
}

async function start() {
  declareActions();
  listen();
  shell.helpExtra = () => [
    { title: text.labelKeys, rows: editor.hotkeys() },
    { title: text.editorKeys, rows: editor.keys() },
  ];
  if (page.readOnly) notices.show("read-only", text.readOnly(page.readOnly), { kind: "bad", closable: false });
  if (page.editor.missing.length) {
    const actions = [{ title: text.toSetup, href: "setup" }];
    notices.show("lacks", text.lacks(page.editor.missing), { kind: "warn", actions });
  }
  try {
    await editor.start();
  } catch (error) {
    notices.show("broken", text.noEditor(error.message), { kind: "bad", closable: false });
    return;
  }
  const resume = sessionStorage.getItem(RESUME);
  if (resume && page.taskId === null) await openTask(Number(resume));
  else if (page.first.task) show(page.first);
  else if (page.first.error) showNothing({ problem: page.first.error });
  else showNothing({ done: true });
  sessionStorage.removeItem(RESUME);
}

await start();
