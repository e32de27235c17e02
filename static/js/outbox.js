// What was submitted and is not yet acknowledged by the server. It is kept in the browser until it
// is: it survives a reload, a closed tab and a server that is away, goes out in order, and is
// never counted twice, because each new completion carries a `unique_id` that the server knows.
//
// An item is {seq, tab, at, kind, taskId, ref, completionId, body, ifMatch, tries, refused}:
//   create  a new completion with the unique id `ref`      skip    the same, skipped
//   update  the completion `completionId`, or of `ref`     star    likewise, its star only
//   remove  likewise, gone                                 reason  likewise, why it was skipped
//   undraft the task's draft is done with
import { ApiError, call } from "./api.js";

const TEXT = { orphan: "What it was to change could not be saved." };
const RETRIES = [1, 2, 4, 8, 15, 30]; // seconds
const MOST_FAILURES = 5; // answers 5xx after which an item is put aside
const ADOPTED_AFTER = 60_000; // ms, where browsers offer no locks
const REMEMBERED = 200; // ids of what was acknowledged
// what is still waiting here takes these changes in
const TAKEN_IN = { update: ["create", "update"], star: ["create", "star"], reason: ["skip", "reason"] };
const WAITING = new Set([0, 401, 403, 423, 503, 507]); // it may be accepted later

export class Outbox extends EventTarget {
  #prefix;
  #items = new Map();
  #acknowledged = new Map(); // ref → {id, revision}
  #tab = crypto.randomUUID?.() ?? String(Math.random());
  #count = 0;
  #sending = null;
  #flushing = false;
  #again = false;
  #failures = 0;
  #timer = 0;
  #reason = "";
  #retryAt = 0;
  #savedAt = 0;
  #channel;

  constructor(project) {
    super();
    this.#prefix = `lsl:${project}:out:`;
    this.#channel = new BroadcastChannel(`lsl:${project}:acknowledged`);
    this.#channel.onmessage = ({ data }) => this.#acknowledge(data.item, data.id, data.revision);
    this.#load();
    addEventListener("storage", (event) => {
      if (event.key === null || event.key.startsWith(this.#prefix)) this.#load();
    });
    addEventListener("online", () => this.flush());
    addEventListener("beforeunload", (event) => {
      if ([...this.#items.values()].some((item) => item.volatile)) event.preventDefault();
    });
  }

  start() {
    this.flush();
  }

  // -- what is known ----------------------------------------------------------------------------

  // {status: saved | saving | retrying, pending, refused: [item], reason, retryAt, savedAt}
  get state() {
    const items = this.#sorted();
    const refused = items.filter((item) => item.refused);
    const pending = items.length - refused.length;
    const status = !pending ? "saved" : this.#reason ? "retrying" : "saving";
    const { retryAt, reason, savedAt } = { retryAt: this.#retryAt, reason: this.#reason, savedAt: this.#savedAt };
    return { status, pending, refused, reason, retryAt, savedAt };
  }

  // Items of a task that the server does not have yet, oldest first.
  of(taskId) {
    return this.#sorted().filter((item) => item.taskId === taskId);
  }

  // Tasks whose completion is on its way.
  get tasks() {
    return new Set(this.#sorted().map((item) => item.taskId));
  }

  // {id, revision} of what was saved under a unique id, once it is.
  saved(ref) {
    return this.#acknowledged.get(ref) ?? null;
  }

  // An item of ours that was acknowledged, with what the server said of it.
  identified(item) {
    const known = this.saved(item.ref);
    if (!known) return item;
    return { ...item, completionId: known.id, revision: known.revision ?? null };
  }

  // -- what is done -----------------------------------------------------------------------------

  add(item) {
    const before = this.#mergeable(item);
    if (before) {
      before.body = { ...before.body, ...item.body };
      this.#keep(before);
      this.#changed();
      return before;
    }
    const chained = this.#sorted().some((other) => sameCompletion(other, item));
    const at = Date.now();
    const seq = `${String(at).padStart(15, "0")}-${String(this.#count++).padStart(6, "0")}-${this.#tab.slice(0, 8)}`;
    const added = { ...item, seq, tab: this.#tab, at, tries: 0, chained };
    this.#items.set(seq, added);
    this.#keep(added);
    this.#changed();
    this.flush();
    return added;
  }

  // Takes back what has not been sent yet; false when it is too late for that.
  cancel(seq) {
    if (!this.#items.has(seq) || this.#sending === seq) return false;
    this.#drop(seq);
    this.#changed();
    return true;
  }

  // Sends again what the server refused, as it is or without asking whether it changed elsewhere.
  retry(seq, { force = false } = {}) {
    const item = this.#items.get(seq);
    if (!item) return;
    delete item.refused;
    item.tries = 0;
    if (force) delete item.ifMatch;
    this.#keep(item);
    this.#changed();
    this.flush();
  }

  // A change of something that is still waiting here becomes part of it.
  #mergeable(item) {
    const kinds = TAKEN_IN[item.kind] ?? [];
    return this.#sorted().find(
      (other) =>
        other.seq !== this.#sending &&
        !other.refused &&
        sameCompletion(other, item) &&
        kinds.includes(other.kind),
    );
  }

  // -- sending ----------------------------------------------------------------------------------

  async flush() {
    clearTimeout(this.#timer);
    if (this.#flushing) {
      this.#again = true;
      return;
    }
    this.#flushing = true;
    try {
      do {
        this.#again = false;
        await this.#alone(() => this.#sendAll());
      } while (this.#again);
    } finally {
      this.#flushing = false;
      this.#changed();
    }
  }

  // One tab at a time, where the browser offers that.
  #alone(work) {
    return navigator.locks ? navigator.locks.request(this.#prefix, work) : work();
  }

  async #sendAll() {
    this.#load();
    for (let item = this.#first(); item; item = this.#first()) {
      this.#sending = item.seq;
      this.#changed();
      try {
        await this.#send(item);
        this.#failures = 0;
        this.#reason = "";
        this.#savedAt = Date.now();
      } catch (error) {
        if (!this.#failed(item, error)) return;
      } finally {
        this.#sending = null;
      }
    }
  }

  #first() {
    const mine = (item) =>
      navigator.locks || item.tab === this.#tab || Date.now() - item.at > ADOPTED_AFTER;
    return this.#sorted().find((item) => !item.refused && mine(item));
  }

  async #send(item) {
    const { method, path, body, ifMatch } = this.request(item);
    const headers = ifMatch ? { "If-Match": `"${ifMatch}"` } : {};
    const answer = await call(method, path, { body, headers });
    const revision = answer.headers.get("ETag")?.replaceAll('"', "") ?? null;
    const id = answer.data?.id ?? this.#idOf(item);
    this.#drop(item.seq);
    this.#acknowledge(item, id, revision);
    this.#channel.postMessage({ item, id, revision });
  }

  // What is sent for an item: {method, path, body, ifMatch}.
  request({ kind, taskId, ref, body, ifMatch, chained, completionId }) {
    const all = `api/tasks/${taskId}/completions`;
    if (kind === "create") return { method: "POST", path: all, body };
    if (kind === "skip") return { method: "POST", path: `${all}?was_cancelled=1`, body: this.#skip(ref, completionId, body) };
    if (kind === "undraft") return { method: "DELETE", path: `api/tasks/${taskId}/draft`, ifMatch };
    const id = this.#idOf({ completionId, ref });
    if (id === null) throw new ApiError(TEXT.orphan, 404);
    if (kind === "remove") return { method: "DELETE", path: `${all}/${id}` };
    const own = chained && ref ? this.saved(ref)?.revision : null;
    return { method: "PATCH", path: `${all}/${id}`, body, ifMatch: kind === "update" ? (own ?? ifMatch) : null };
  }

  // A completion that is there already is skipped under its own id.
  #skip(ref, completionId, body) {
    const id = this.#idOf({ completionId, ref });
    return id === null ? body : { ...body, id };
  }

  #idOf({ completionId, ref }) {
    return completionId ?? this.saved(ref)?.id ?? null;
  }

  // What did not work is tried again later, or put aside; true when the next one may be tried.
  #failed(item, error) {
    if (!(error instanceof ApiError)) throw error;
    item.tries += 1;
    const later = WAITING.has(error.status) || (error.status >= 500 && item.tries < MOST_FAILURES);
    if (!later) {
      item.refused = { status: error.status, reason: error.message };
      this.#keep(item);
      this.dispatchEvent(new CustomEvent("refused", { detail: item }));
      this.#changed();
      return true;
    }
    const wait = RETRIES[Math.min(this.#failures++, RETRIES.length - 1)] * 1000;
    this.#reason = error.message;
    this.#retryAt = Date.now() + wait;
    this.#timer = setTimeout(() => this.flush(), wait);
    return false;
  }

  #acknowledge(item, id, revision) {
    if (item.ref && id !== null) {
      this.#acknowledged.set(item.ref, { id, revision });
      const kept = [...this.#acknowledged].slice(-REMEMBERED);
      this.#acknowledged = new Map(kept);
      store(`${this.#prefix}acknowledged`, JSON.stringify(kept));
    }
    this.#items.delete(item.seq);
    this.dispatchEvent(new CustomEvent("acknowledged", { detail: { item, id, revision } }));
    this.#changed();
  }

  // -- keeping ----------------------------------------------------------------------------------

  #sorted() {
    return [...this.#items.values()].sort((a, b) => (a.seq < b.seq ? -1 : 1));
  }

  #keep(item) {
    const { volatile: _, ...kept } = item;
    item.volatile = !store(this.#prefix + item.seq, JSON.stringify(kept));
  }

  #drop(seq) {
    this.#items.delete(seq);
    store(this.#prefix + seq, null);
  }

  // What other tabs added or finished.
  #load() {
    const found = new Map();
    for (const key of storedKeys()) {
      if (!key.startsWith(this.#prefix)) continue;
      const value = JSON.parse(localStorage.getItem(key));
      if (key === `${this.#prefix}acknowledged`) {
        for (const [ref, known] of value) this.#acknowledged.set(ref, known);
      } else if (value) found.set(value.seq, this.#sending === value.seq ? this.#items.get(value.seq) : value);
    }
    for (const [seq, item] of this.#items) if (item.volatile) found.set(seq, item);
    this.#items = found;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

function sameCompletion(one, other) {
  if (one.taskId !== other.taskId) return false;
  if (one.ref && one.ref === other.ref) return true;
  return Boolean(one.completionId) && one.completionId === other.completionId;
}

function storedKeys() {
  try {
    return Object.keys(localStorage);
  } catch {
    return []; // the browser keeps nothing; then there is only this page's memory
  }
}

// False when the browser has no room, or keeps nothing: then the item lives with this page.
function store(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}
