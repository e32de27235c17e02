// The Label page: its parts, its actions and its keys.
import { get } from "./api.js";
import { confirm } from "./dialog.js";
import { byId, el, icon, page, root } from "./dom.js";
import { Drafts } from "./drafts.js";
import { Editor } from "./editor.js";
import { instructions } from "./instructions.js";
import * as keys from "./keys.js";
import { text } from "./label-text.js";
import { Notices } from "./notices.js";
import { showRefused } from "./refused.js";
import { Session } from "./session.js";
import { outbox, shell } from "./shell.js";
import { SkipReason } from "./skip-reason.js";
import { Sampled, Selected, Stream } from "./stream.js";
import { Tabs } from "./tabs.js";
import { Tally } from "./tally.js";
import { TaskWork } from "./task-work.js";
import { problem } from "./toast.js";
import { Trail } from "./trail.js";
import { Workbar } from "./workbar.js";

const RESUME = `lsl:${page.project}:resume`; // the task for whose media the page was loaded anew
const CALM = 600; // ms after which the progress is asked for

const editor = new Editor(byId("label-studio"), page.config, page.editor);
const drafts = new Drafts(page.project);
const tabs = new Tabs(page.project);
const trail = new Trail(page.project, page.walk);
const notices = new Notices(byId("notices"));
const walk = page.walk ? new Selected(page.walk) : null;
const stream = new Stream(walk ?? new Sampled(page.sampling, excluded), isAllowed);
const tally = new Tally(page.first.progress);
const parts = { editor, outbox, drafts, tabs, trail, stream, tally, settings: page };
const session = new Session(parts);
const task = new TaskWork(session, parts);
const skipReason = new SkipReason(outbox, page.project);
const bar = new Workbar({ session, task, selection: page.first.selection, ...parts });

function excluded() {
  const here = session.current ? [session.current.id] : [];
  return new Set([...outbox.tasks, ...tabs.others, ...here]);
}

// The policy of this page names the sites that media may come from.
function isAllowed(work) {
  const sites = new Set(page.sites);
  const fits = (site) => sites.has(site) || sites.has(new URL(site, location).protocol);
  return (work.sites ?? []).every(fits);
}

// For media of a new site the page is loaded anew.
function open(work) {
  if (isAllowed(work) || sessionStorage.getItem(RESUME) === String(work.task.id)) {
    session.show(work);
    return;
  }
  sessionStorage.setItem(RESUME, work.task.id);
  location.reload();
}

// What was drawn just before a key or a button was pressed is part of the work.
let unfinished = 0; // actions that wait for it
const withAllDrawn = (act, enabled = () => true) => async () => {
  const stage = byId("stage");
  unfinished += 1;
  stage.setAttribute("aria-busy", "true");
  try {
    await editor.finishing;
    if (enabled()) act();
  } finally {
    unfinished -= 1;
    if (!unfinished) stage.removeAttribute("aria-busy");
  }
};

function tell({ draft, other, held, problems }) {
  notices.clear(["lacks"]);
  const warn = { kind: "warn" };
  if (draft) {
    const actions = [{ title: text.discard, run: withAllDrawn(() => session.discardDraft()) }];
    notices.show("draft", text.draftBack(draft.saved_at && draft.saved_at * 1000), { actions });
  }
  if (other) offer(other);
  if (held) notices.show("held", text.held(held), warn);
  if (problems.length) notices.show("model", text.problems(problems), warn);
}

function offer(other) {
  const actions = [{ title: text.useOther, run: withAllDrawn(() => session.adopt(other)) }];
  notices.show("other", text.draftElsewhere, { kind: "warn", actions });
}

function showNothing({ done, problem: reason, again }) {
  notices.clear(["lacks"]);
  const links = [...document.querySelectorAll(".nav a")];
  const link = (path, title) => {
    const found = links.find((a) => a.getAttribute("href").endsWith(`/${path}`));
    return found && el("a.button", { href: found.href }, title);
  };
  const button = again && el("button.button.primary", { type: "button", onclick: again }, text.again);
  const isWalked = done && Boolean(page.walk);
  const title = isWalked ? text.walked : done ? text.allDone : text.missing(reason);
  const told = isWalked ? text.walkedText(bar.walked.total) : done ? text.allDoneText(tally.state) : "";
  const ways = page.walk
    ? [backToTable(`a.button${done ? ".primary" : ""}`), isWalked && bar.walked.total ? fromTheFirst() : null]
    : [link("tasks", text.toTasks)];
  byId("nothing").replaceChildren(
    icon(done ? "done" : "empty"),
    el("h2", {}, title),
    told ? el("p", {}, told) : "",
    el(
      "div.actions",
      {},
      button,
      ways,
      link("export", text.toExport),
      page.walk ? null : link("import", text.toImport),
    ),
  );
  byId("nothing").hidden = false;
  byId("stage").hidden = true;
  bar.update();
}

// Where the table was when its tasks were selected.
function backToTable(kind) {
  const href = `${root}tasks${kept(`lsl:${page.project}:table`)}`;
  return el(kind, { href }, icon("list"), text.toTable);
}

function fromTheFirst() {
  const onclick = () => {
    trail.clear();
    location.reload();
  };
  return el("button.button", { type: "button", onclick }, text.fromTheFirst);
}

function kept(key) {
  try {
    return sessionStorage.getItem(key) ?? "";
  } catch {
    return ""; // the browser keeps nothing
  }
}

function shown() {
  const { id, work } = session.current;
  walk?.visit(id, work.selection);
  byId("stage").hidden = false;
  byId("nothing").hidden = true;
  bar.update();
}

async function reset() {
  if (await confirm(text.startOver, text.startOverText, text.reset, { danger: true })) {
    session.step("reset");
  }
}

async function openRefused({ taskId, completionId, body }) {
  try {
    const work = await get(`api/label/tasks/${taskId}`);
    const key = completionId ? String(completionId) : null;
    session.show(work, { begin: { key, result: body.result ?? [] } });
    session.keepDraft({ force: true });
  } catch (error) {
    problem(error.message);
  }
}

function declareActions() {
  const { group, work } = { group: text.group, work: text.work };
  const writable = () => session.isWritable;
  const items = () => (session.current ? editor.items() : []);
  const isSaved = () => items().some((item) => item.selected && item.kind === "completion");
  const hasPrediction = () => items().some((item) => item.kind === "prediction");
  const canUndo = () => session.current !== null && editor.canUndo;
  const canRedo = () => session.current !== null && editor.canRedo;
  const declareNow = (id, title, run, more) => keys.declare({ id, title, run, ...more });
  const declare = (id, title, run, more) => declareNow(id, title, withAllDrawn(run, more?.enabled), more);
  declare("submit", text.submit, () => session.submit(), { group, keys: ["Mod+Enter", "Alt+Enter"], enabled: writable });
  declare("skip", text.skip, () => session.skip(), { group, keys: ["Mod+Space"], enabled: writable });
  declareNow("skip-reason", text.skipReason, () => skipReason.ask(), { group, keys: ["Alt+Shift+S"], enabled: () => skipReason.canAsk });
  declare("next", text.next, () => session.next(), { group, keys: ["Alt+Shift+Right"] });
  declare("previous", text.previous, () => session.previous(), { group, keys: ["Alt+Shift+Left"], enabled: () => session.canGoBack });
  declare("undo-submit", text.undo, () => session.takeBack(), { group, keys: ["Alt+Shift+Z"], enabled: () => session.canTakeBack });
  declareNow("instructions", text.instructions, () => instructions(page.instruction), { group, keys: ["Alt+Shift+I"], enabled: () => Boolean(page.instruction) });
  declare("undo-step", text.undoStep, () => session.step("undo"), { group: work, keys: ["Mod+Z"], repeat: true, enabled: canUndo });
  declare("redo-step", text.redoStep, () => session.step("redo"), { group: work, keys: ["Mod+Shift+Z"], repeat: true, enabled: canRedo });
  declare("reset", text.reset, reset, { group: work, enabled: canUndo });
  declare("accept", text.acceptPrediction, () => task.accept(), { group: work, keys: ["Alt+Shift+A"], enabled: hasPrediction });
  declare("add", text.add, () => task.add(), { group: work, keys: ["Alt+Shift+N"], enabled: writable });
  declare("copy", text.copy, () => task.copy(), { group: work, keys: ["Alt+Shift+C"], enabled: isSaved });
  declare("star", text.star, () => task.star(), { group: work, keys: ["Alt+Shift+G"], enabled: writable });
  declare("remove", text.remove, () => task.remove(), { group: work, keys: ["Alt+Shift+Delete"], enabled: () => isSaved() && page.canDelete && writable() });
  declareNow("editor-settings", text.editorSettings, () => editor.showSettings(), { enabled: () => session.current !== null });
  declareNow("refused", text.refused, () => showRefused(outbox, openRefused), { enabled: () => outbox.state.refused.length > 0 });
}

function listen() {
  const touch = (event) => {
    const isOurs = byId("workbar").contains(event.target);
    const slip = event.type === "keydown" ? keys.chordOf(event) === null : isOurs;
    if (session.current && !slip) session.current.touched = true;
  };
  addEventListener("pointerdown", touch, true);
  addEventListener("keydown", touch, true);
  session.addEventListener("opened", ({ detail }) => open(detail));
  session.addEventListener("shown", shown);
  session.addEventListener("changed", () => bar.update());
  tally.addEventListener("change", () => bar.update());
  session.addEventListener("told", ({ detail }) => tell(detail));
  session.addEventListener("skipped", ({ detail }) => skipReason.offer(detail));
  session.addEventListener("back", ({ detail }) => skipReason.forget(detail));
  session.addEventListener("nothing", ({ detail }) => showNothing(detail));
  session.addEventListener("waiting", ({ detail }) => {
    byId("stage").classList.toggle("waiting", detail);
  });
  editor.addEventListener("change", () => session.keepDraft());
  outbox.addEventListener("change", () => bar.update());
  drafts.addEventListener("change", () => bar.update());
  outbox.addEventListener("refused", ({ detail }) => {
    const action = { title: text.refused, run: () => keys.run("refused") };
    problem(text.refusedItem(detail), { action, stay: true });
  });
  let refresh = 0;
  outbox.addEventListener("acknowledged", ({ detail }) => {
    session.acknowledged(detail);
    clearTimeout(refresh);
    refresh = setTimeout(() => outbox.state.status === "saved" && tally.refresh(), CALM);
  });
  listenToOthers();
}

function listenToOthers() {
  tabs.addEventListener("same", () => notices.show("same", text.elsewhere, { kind: "warn" }));
  tabs.addEventListener("saved", ({ detail }) => {
    stream.forget(detail);
    if (session.current?.id !== detail) return;
    const actions = [{ title: text.reload, run: () => session.openTask(detail) }];
    notices.show("saved", text.savedElsewhere, { kind: "warn", actions });
  });
  drafts.addEventListener("elsewhere", async () => {
    const { draft } = await get(`api/label/tasks/${session.current.id}`);
    if (draft) offer(draft);
  });
}

function warnOfEditor() {
  const { build, missing } = page.editor;
  if (!missing.length) return;
  const actions = [{ title: text.otherEditor, href: "settings#editor" }];
  notices.show("lacks", text.lacks(build, missing), { kind: "warn", actions });
}

async function start() {
  declareActions();
  keys.reserve(() => (session.current ? editor.hotkeys() : []));
  bar.start();
  if (page.walk) byId("far").before(backToTable("a.button.quiet.small"));
  listen();
  warnOfEditor();
  shell.helpExtra = () => [
    { title: text.labelKeys, rows: editor.hotkeys() },
    { title: text.editorKeys, rows: editor.keys() },
  ];
  try {
    await editor.start();
  } catch (error) {
    notices.show("broken", text.noEditor(error.message), { kind: "bad", closable: false });
    return;
  }
  const resume = sessionStorage.getItem(RESUME) ?? (page.walk && trail.last);
  if (resume !== null && page.taskId === null) await session.openTask(Number(resume));
  else if (page.first.task) open(page.first);
  else session.showNothing(page.first.error ? { problem: page.first.error } : { done: true });
  sessionStorage.removeItem(RESUME);
}

await start();
