// Working on tasks: what is shown, what was made of it, and what comes next. Saving never waits
// for the server: it goes through the outbox, and the next task is shown at once.
import { get } from "./api.js";
import { completionsOf, newest, predictionsOf } from "./label-items.js";
import { text } from "./label-text.js";
import { Stopwatch } from "./stopwatch.js";
import { problem, toast } from "./toast.js";

const SLIP = 700; // ms in which a second submit is a slip of the hand if nothing was done between
const TAKEN_BACK = 20; // submits that can be

// Events: "shown" and "changed" (of the task, its work or the progress), "waiting" and "nothing"
// (detail: {done} or {problem, again}), "told" (detail: {draft, other, held, problems}).
export class Session extends EventTarget {
  #parts; // {editor, outbox, drafts, tabs, trail, stream, settings}
  #submitted = [];
  #going = 0; // a later wish makes an earlier one void
  #streaming;
  #savedAt = -SLIP;
  current = null; // {id, work, changes, ref, watch, touched, snapshot}
  progress;

  // `settings` is {readOnly, canDelete, sites, taskId}.
  constructor(parts, progress) {
    super();
    this.#parts = parts;
    this.#streaming = parts.settings.taskId === null;
    this.progress = progress ?? { tasks: 0, completed: 0, skipped: 0 };
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  // -- showing ----------------------------------------------------------------------------------

  // Shows what the API says of a task. `begin`, {key, result}, is unsaved work that takes the
  // place of the draft; `changes` are those of this page that `work` does not have.
  show(work, { begin = null, changes = [] } = {}) {
    const { editor, drafts, tabs, trail, stream } = this.#parts;
    const { task } = work;
    this.#leave();
    this.current = { id: task.id, work, changes, touched: false };
    const completions = this.completions();
    const predictions = predictionsOf(work);
    const { draft, other } = drafts.open(task.id, work.draft);
    const resumed = begin ?? workOf(draft);
    const edited = resumed && completions.find((item) => item.key === resumed.key);
    if (edited) Object.assign(edited, { result: resumed.result, edited: true });
    const chosen = edited ?? (resumed ? null : newest(completions));
    const first = chosen || resumed ? null : predictions[0];
    this.current.ref = (!begin && draft?.unique_id) || uuid();
    this.current.watch = new Stopwatch(resumed?.seconds ?? 0);
    editor.show(
      { id: task.id, data: task.data, completions, predictions },
      {
        choose: chosen?.key ?? null,
        begin: resumed?.result ?? first?.result ?? null,
        item: { edited: Boolean(resumed), from: first?.by || first?.key || null },
      },
    );
    this.current.snapshot = editor.snapshot;
    trail.visit(task.id);
    this.#tell("shown");
    this.#tell("told", {
      draft: begin ? null : draft,
      other,
      held: Math.max(0, ...editor.items().map((item) => item.held)),
      problems: work.problems ?? [],
    });
    tabs.show(task.id);
    performance.mark("lsl:shown");
    stream.prefetch();
  }

  // The completions of the task with all that was done to them here.
  completions() {
    const { id, work, changes } = this.current;
    return completionsOf(work, [...changes, ...this.#parts.outbox.of(id)]);
  }

  #again(options = {}) {
    const { work, changes } = this.current;
    this.show({ ...work, draft: null }, { changes, ...options });
  }

  #leave() {
    this.current?.watch?.stop();
    this.#parts.drafts.flush();
  }

  showNothing(detail) {
    this.#leave();
    this.current = null;
    this.#parts.tabs.show(null);
    this.#parts.editor.showNothing();
    this.#tell("nothing", detail);
  }

  // -- going on ---------------------------------------------------------------------------------

  async #go(read, failed) {
    const mine = ++this.#going;
    this.#tell("waiting", true);
    try {
      const work = await read();
      if (mine !== this.#going) return;
      if (work.progress) this.progress = work.progress;
      if (work.task) this.#tell("opened", work);
      else this.showNothing({ done: true });
    } catch (error) {
      if (mine === this.#going) failed(error);
    } finally {
      if (mine === this.#going) this.#tell("waiting", false);
    }
  }

  openTask(id) {
    const read = () => get(`api/label/tasks/${id}`);
    return this.#go(read, (error) => problem(error.message));
  }

  next() {
    this.#streaming = true;
    const id = this.#parts.trail.forward();
    return id === null ? this.#nextNew() : this.openTask(id);
  }

  #nextNew() {
    const { stream } = this.#parts;
    const ahead = stream.take();
    if (ahead) {
      this.#going += 1;
      return this.#tell("opened", ahead);
    }
    const again = () => this.#nextNew();
    const failed = (error) => this.showNothing({ problem: text.noNext(error.message), again });
    return this.#go(() => stream.next(), failed);
  }

  get canGoBack() {
    return this.#parts.trail.canGoBack(this.current?.id ?? null);
  }

  previous() {
    const id = this.#parts.trail.back(this.current?.id ?? null);
    if (id !== null) this.openTask(id);
  }

  // -- saving -----------------------------------------------------------------------------------

  get #isSlip() {
    return !this.current.touched && performance.now() - this.#savedAt < SLIP;
  }

  get isWritable() {
    return this.current !== null && !this.#parts.settings.readOnly;
  }

  submit() {
    if (!this.isWritable || this.#isSlip) return;
    performance.mark("lsl:submit");
    const { editor } = this.#parts;
    const work = editor.validate() ? editor.work() : null;
    if (!work) return;
    const isNew = work.kind !== "completion";
    if (isNew || work.changed || work.edited || work.skipped) {
      this.#save(isNew ? "create" : "update", work);
    } else {
      toast(text.unchanged);
      if (this.#streaming) this.next();
    }
  }

  skip() {
    const work = this.isWritable && !this.#isSlip ? this.#parts.editor.work() : null;
    if (work) this.#save("skip", work);
  }

  #save(kind, work) {
    const { outbox, stream, tabs } = this.#parts;
    const { id: taskId, watch, changes } = this.current;
    const isNew = work.kind !== "completion";
    const seconds = watch.seconds + (isNew ? 0 : work.leadTime);
    const body = { result: work.result, lead_time: Math.round(seconds * 1000) / 1000 };
    const item = { kind, taskId, body, ref: isNew ? this.current.ref : work.ref };
    if (isNew) {
      body.unique_id = item.ref;
      if (work.star) body.honeypot = true;
    } else {
      item.completionId = work.id;
      item.ifMatch = work.revision;
      if (kind === "update" && work.skipped) body.was_cancelled = false;
    }
    this.#savedAt = performance.now();
    const wasOpen = this.completions().length === 0;
    const before = isNew ? null : work.stored;
    const { seq } = outbox.add(item);
    const counted = this.#counted(wasOpen, Number(kind === "skip") - Number(before?.skipped ?? false));
    this.#submitted.push({ seq, item, work: this.current.work, changes, before, counted });
    this.#submitted = this.#submitted.slice(-TAKEN_BACK);
    this.#count(counted, 1);
    this.dropDraft();
    tabs.saved(taskId);
    stream.forget(taskId);
    if (this.#streaming) this.next();
    else {
      toast(text.savedToast);
      this.#again();
    }
  }

  get canTakeBack() {
    return this.#submitted.length > 0;
  }

  // The last submit is undone, and its work is there again, not saved.
  takeBack() {
    const { outbox, settings, trail } = this.#parts;
    const last = this.#submitted.pop();
    if (!last) return;
    const { seq, item, work, changes, before, counted } = last;
    const { taskId, ref, completionId } = item;
    if (!outbox.cancel(seq)) {
      if (before) {
        const { result, skipped, leadTime } = before;
        const body = { result, was_cancelled: skipped, lead_time: leadTime };
        outbox.add({ kind: "update", taskId, ref, completionId, body });
      } else if (settings.canDelete) outbox.add({ kind: "remove", taskId, ref });
    }
    this.#count(counted, -1);
    const key = before ? before.key : null;
    trail.goTo(taskId);
    this.show({ ...work, draft: null }, { changes, begin: { key, result: item.body.result } });
    this.keepDraft({ force: true });
    toast(text.takenBack);
  }

  // -- progress ---------------------------------------------------------------------------------

  #counted(wasOpen, skipped) {
    return { completed: Number(wasOpen), skipped };
  }

  // What is on its way counts already.
  #count({ completed, skipped }, sign) {
    const { lead_time: pace, seconds_left: left } = this.progress;
    this.progress = {
      ...this.progress,
      completed: this.progress.completed + sign * completed,
      skipped: this.progress.skipped + sign * skipped,
      seconds_left: pace ? Math.max(0, left - sign * completed * pace) : left,
    };
  }

  async refreshProgress() {
    if (this.#parts.outbox.state.status !== "saved") return;
    try {
      this.progress = await get("api/progress");
      this.#tell("changed");
    } catch {
      // what was counted here will do until the next time
    }
  }

  // The server has a change: what is shown knows its id and revision from now on.
  acknowledged({ item, id, revision }) {
    if (this.current?.id !== item.taskId) return;
    this.current.changes.push({ ...item, completionId: id ?? item.completionId, revision });
    if (id === null) return;
    const known = revision ? { id, revision } : { id };
    for (const key of [item.ref, String(id)]) if (key) this.#parts.editor.note(key, known);
    this.#tell("changed");
  }

  // -- drafts -----------------------------------------------------------------------------------

  keepDraft({ force = false } = {}) {
    const { editor, drafts } = this.#parts;
    if (!this.isWritable) return;
    const snapshot = editor.snapshot;
    if (snapshot === this.current.snapshot && !force) return;
    this.current.snapshot = snapshot;
    const work = editor.work();
    if (!work || work.kind === "prediction") return;
    this.#tell("changed");
    if (!work.changed && !work.edited && !force) {
      if (drafts.state !== "none") this.dropDraft();
      return;
    }
    const isNew = work.kind === "new";
    drafts.keep({
      completion_id: isNew ? null : work.id,
      completion_ref: isNew ? null : work.ref,
      unique_id: isNew ? this.current.ref : null,
      result: work.result,
      lead_time: Math.round(this.current.watch.seconds * 10) / 10,
    });
  }

  dropDraft() {
    const { drafts, outbox } = this.#parts;
    const { known, revision } = drafts.drop();
    if (known) outbox.add({ kind: "undraft", taskId: this.current.id, ifMatch: revision });
  }

  discardDraft() {
    this.dropDraft();
    this.#again();
  }

  // Unsaved work from elsewhere takes the place of what is here.
  adopt(draft) {
    this.#parts.drafts.takeOver(draft.revision);
    this.#again({ begin: workOf(draft) });
    this.keepDraft({ force: true });
  }

  // -- the completions of a task ----------------------------------------------------------------

  select(key) {
    this.#parts.editor.select(key);
    this.current.snapshot = this.#parts.editor.snapshot;
    this.#tell("changed");
  }

  // A new completion, blank or with a result to begin with.
  add(result = null, about = {}) {
    const { editor } = this.#parts;
    editor.add(result, about);
    this.current.ref = uuid();
    this.current.snapshot = editor.snapshot;
    this.#tell("changed");
  }

  copy() {
    this.add(this.#parts.editor.work().result, { edited: true });
  }

  // The prediction that is chosen, or the first, becomes a completion to work on.
  accept() {
    const predictions = this.#parts.editor.items().filter((item) => item.kind === "prediction");
    const chosen = predictions.find((item) => item.selected) ?? predictions[0];
    if (chosen) this.add(chosen.result, { from: chosen.by || chosen.key, edited: true });
  }

  star() {
    const { editor, outbox } = this.#parts;
    const work = editor.work();
    if (!work || work.kind === "prediction") return;
    const on = !work.star;
    editor.note(work.key, { star: on });
    if (work.kind === "completion") {
      const { id: completionId, ref } = work;
      outbox.add({ kind: "star", taskId: this.current.id, completionId, ref, body: { honeypot: on } });
    }
    this.#tell("changed");
  }

  remove() {
    const { editor, outbox } = this.#parts;
    const work = editor.work();
    if (work?.kind !== "completion") return;
    const { id: completionId, ref, stored } = work;
    const taskId = this.current.id;
    const { seq } = outbox.add({ kind: "remove", taskId, completionId, ref });
    const counted = this.#counted(this.completions().length === 0, Number(stored.skipped));
    this.#count(counted, -1);
    this.dropDraft();
    this.#again();
    const run = () => {
      if (!outbox.cancel(seq)) this.#create(taskId, stored);
      this.#count(counted, 1);
      if (this.current?.id === taskId) this.#again();
    };
    toast(text.deleted, { action: { title: text.bringBack, run } });
  }

  #create(taskId, { result, leadTime, star, skipped }) {
    const ref = uuid();
    const body = { result, lead_time: leadTime, unique_id: ref };
    if (star) body.honeypot = true;
    this.#parts.outbox.add({ kind: skipped ? "skip" : "create", taskId, ref, body });
  }

  step(name) {
    this.#parts.editor[name]();
    this.keepDraft();
    this.#tell("changed");
  }
}

// crypto.randomUUID is not there on plain http from another machine.
function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const digits = crypto.getRandomValues(new Uint8Array(16));
  return [...digits].map((digit) => digit.toString(16).padStart(2, "0")).join("");
}

function workOf(draft) {
  if (!draft) return null;
  const { completion_id: id, completion_ref: ref, result, lead_time: seconds } = draft;
  return { key: id === null || id === undefined ? (ref ?? null) : String(id), result, seconds };
}
