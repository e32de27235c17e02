// Working on tasks: what is shown, what was made of it, and what comes next. Saving never waits
// for the server: it goes through the outbox, and the next task is shown at once.
import { get } from "./api.js";
import { completionsOf, newest, predictionsOf } from "./label-items.js";
import { text } from "./label-text.js";
import { savedAs, uuid, workOf } from "./saved-as.js";
import { Stopwatch } from "./stopwatch.js";
import { problem, toast } from "./toast.js";

const SLIP = 350; // ms in which a second submit is a slip of the hand if nothing was done between
const TAKEN_BACK = 20; // submits that can be

// Events: "opened" (detail: what the API says of a task, to be given to `show`), "shown" and
// "changed" (of the task or its work), "waiting" and "nothing" (detail: {done} or {problem,
// again}), "told" (detail: {draft, other, held, problems}), "skipped" (detail: {taskId, ref,
// completionId}) and "back" (detail: id of the task whose submit was taken back).
export class Session extends EventTarget {
  #parts; // {editor, outbox, drafts, tabs, trail, stream, tally, settings}
  #submitted = [];
  #going = 0; // a later wish makes an earlier one void
  #heading = null; // id of the task that is being opened, from which the next step counts
  #streaming;
  #savedAt = -SLIP;
  current = null; // {id, work, changes, ref, watch, touched, snapshot, done}

  // `settings` is {readOnly, canDelete, sites, taskId, walk}.
  constructor(parts) {
    super();
    this.#parts = parts;
    this.#streaming = parts.settings.taskId === null;
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  // -- showing ----------------------------------------------------------------------------------

  // Shows what the API says of a task. `begin`, {key, result}, is unsaved work that takes the
  // place of the draft; `changes` are those of this page that `work` does not have.
  show(work, { begin = null, changes = work.changes ?? [] } = {}) {
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
    this.tell("shown");
    this.tell("told", {
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

  again(options = {}) {
    const { work, changes } = this.current;
    this.show({ ...work, draft: null }, { changes, ...options });
  }

  #leave() {
    this.keepDraft(); // what was done this moment, too
    this.current?.watch?.stop();
    this.#parts.drafts.flush();
  }

  showNothing(detail) {
    this.#leave();
    this.current = null;
    this.#parts.tabs.show(null);
    this.#parts.editor.showNothing();
    this.tell("nothing", detail);
  }

  // -- going on ---------------------------------------------------------------------------------

  async #go(read, failed, heading = null) {
    const mine = ++this.#going;
    this.#heading = heading;
    this.tell("waiting", true);
    const { outbox, tally } = this.#parts;
    const since = outbox.state.status === "saved" ? tally.counted : null;
    try {
      const work = await read();
      await this.#parts.editor.finishing;
      if (mine !== this.#going) return;
      if (work.progress) tally.take(work.progress, since);
      if (work.task) this.tell("opened", work);
      else this.showNothing({ done: true });
    } catch (error) {
      if (mine === this.#going) failed(error);
    } finally {
      if (mine === this.#going) {
        this.#heading = null;
        this.tell("waiting", false);
      }
    }
  }

  openTask(id) {
    const failed = (error) => {
      problem(error.message);
      if (this.current?.done) this.again(); // it stays, as it was saved
    };
    return this.#go(() => this.#readTask(id), failed, id);
  }

  // A change that is acknowledged while the task is read may not be in what was read.
  async #readTask(id) {
    const { outbox, settings } = this.#parts;
    const question = settings.walk ? `?${settings.walk}` : "";
    const sent = outbox.of(id);
    const work = await get(`api/label/tasks/${id}${question}`);
    const left = new Set(outbox.of(id).map((item) => item.seq));
    const changes = sent.filter((item) => !left.has(item.seq));
    return { ...work, changes: changes.map((item) => outbox.identified(item)) };
  }

  next() {
    this.#savedAt = -SLIP;
    return this.#advance();
  }

  #advance() {
    this.#streaming = true;
    const id = this.#parts.trail.forward();
    return id === null ? this.#nextNew() : this.openTask(id);
  }

  #nextNew() {
    const { stream } = this.#parts;
    const ahead = stream.take();
    if (ahead) {
      this.#going += 1;
      this.#heading = null;
      return this.tell("opened", ahead);
    }
    const again = () => this.#nextNew();
    const failed = (error) => this.showNothing({ problem: text.noNext(error.message), again });
    return this.#go(() => stream.next(), failed);
  }

  get canGoBack() {
    return this.#parts.trail.canGoBack(this.#here);
  }

  get #here() {
    return this.#heading ?? this.current?.id ?? null;
  }

  previous() {
    this.#savedAt = -SLIP;
    const id = this.#parts.trail.back(this.#here);
    if (id !== null) this.openTask(id);
  }

  // -- saving -----------------------------------------------------------------------------------

  get #isSlip() {
    return !this.current.touched && performance.now() - this.#savedAt < SLIP;
  }

  // Not while it was saved already and the next one is on its way.
  get isWritable() {
    return this.current !== null && !this.current.done && !this.#parts.settings.readOnly;
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
      if (this.#streaming) this.#advance();
    }
  }

  skip() {
    const work = this.isWritable && !this.#isSlip ? this.#parts.editor.work() : null;
    if (work) this.#save("skip", work);
  }

  #save(kind, work) {
    const { outbox, stream, tabs, tally } = this.#parts;
    const { id: taskId, changes, ref, watch } = this.current;
    const item = savedAs(kind, work, { taskId, ref, seconds: watch.seconds });
    const before = work.kind === "completion" ? work.stored : null;
    const skips = Number(kind === "skip") - Number(before?.skipped ?? false);
    const counted = { completed: Number(this.completions().length === 0), skipped: skips };
    this.#savedAt = performance.now();
    this.current.done = true;
    const { seq } = outbox.add(item);
    this.#submitted.push({ seq, item, work: this.current.work, changes, before, counted });
    this.#submitted = this.#submitted.slice(-TAKEN_BACK);
    tally.count(counted);
    const { ref: saved, completionId = null } = item;
    if (kind === "skip") this.tell("skipped", { taskId, ref: saved, completionId });
    this.dropDraft();
    tabs.saved(taskId);
    stream.forget(taskId);
    if (this.#streaming) this.#advance();
    else {
      toast(text.savedToast);
      this.again();
    }
  }

  get canTakeBack() {
    return this.#submitted.length > 0;
  }

  // The last submit is undone, and its work is there again, not saved.
  takeBack() {
    const { outbox, settings, tally, trail } = this.#parts;
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
    tally.count(counted, -1);
    this.tell("back", taskId);
    this.#savedAt = -SLIP;
    const key = before ? before.key : null;
    trail.goTo(taskId);
    this.show({ ...work, draft: null }, { changes, begin: { key, result: item.body.result } });
    this.keepDraft({ force: true });
    toast(text.takenBack);
  }

  // The server has a change: what is shown knows its id and revision from now on.
  acknowledged({ item, id, revision }) {
    if (this.current?.id !== item.taskId) return;
    this.current.changes.push({ ...item, completionId: id ?? item.completionId, revision });
    if (id === null) return;
    const known = revision ? { id, revision } : { id };
    for (const key of [item.ref, String(id)]) if (key) this.#parts.editor.note(key, known);
    this.tell("changed");
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
    this.tell("changed");
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
    this.again();
  }

  // Unsaved work from elsewhere takes the place of what is here.
  adopt(draft) {
    this.#parts.drafts.takeOver(draft.revision);
    this.again({ begin: workOf(draft) });
    this.keepDraft({ force: true });
  }

  step(name) {
    this.#parts.editor[name]();
    this.keepDraft();
    this.tell("changed");
  }
}
