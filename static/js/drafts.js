// Unfinished work, kept twice: in this browser at once, by the server a moment later. So a closed
// tab, a crash or a server that is away lose nothing.
import { call } from "./api.js";

const CALM = 800; // ms without a change after which the server is told
const LATEST = 4000; // ms after which it is told even if changes go on

// Events: "change" of `state`: none, saving, saved, here (in this browser only).
export class Drafts extends EventTarget {
  #prefix;
  #own = null; // of the task that is shown: {taskId, draft, revision of the server's that it follows}
  #timer = 0;
  #since = 0; // when the first change was made that the server was not told of; 0: none
  #sending = null;
  state = "none";

  constructor(project) {
    super();
    this.#prefix = `lsl:${project}:draft:`;
    addEventListener("pagehide", () => this.flush({ keepalive: true }));
  }

  // Begins with a task. Returns {draft, other}: what to go on with, and what somebody else left
  // when both are new; either may be null.
  open(taskId, server) {
    this.flush();
    this.#since = 0;
    this.#own = { taskId, draft: null, revision: server?.revision ?? null };
    this.#become("none");
    const here = this.#read(taskId);
    if (!here) return { draft: server ?? null, other: null };
    if (here.synced) {
      if (!server) this.#forget(taskId); // it was submitted or thrown away elsewhere
      return { draft: server ?? null, other: null };
    }
    const isNewer = server && server.revision !== here.base && !isSame(server, here.draft);
    return { draft: here.draft, other: isNewer ? server : null };
  }

  // The work as it is now: {completion_id, unique_id, result, lead_time}.
  keep(draft) {
    const own = this.#own;
    own.draft = draft;
    this.#write(own, { synced: false });
    this.#become("saving");
    this.#since ||= Date.now();
    clearTimeout(this.#timer);
    const wait = Math.min(CALM, Math.max(0, this.#since + LATEST - Date.now()));
    this.#timer = setTimeout(() => this.flush(), wait);
  }

  // Tells the server now. With `keepalive` the page may be closed meanwhile.
  async flush({ keepalive = false } = {}) {
    clearTimeout(this.#timer);
    const own = this.#own;
    if (!own?.draft || !this.#since) return;
    this.#since = 0;
    const { draft } = own;
    const send = () => this.#send(own, draft, keepalive);
    const sending = keepalive || !this.#sending ? send() : this.#sending.then(send);
    this.#sending = sending;
    await sending;
    if (this.#sending === sending) this.#sending = null;
  }

  async #send(own, draft, keepalive) {
    if (own.dropped) return;
    const headers = own.revision ? { "If-Match": `"${own.revision}"` } : {};
    try {
      const path = `api/tasks/${own.taskId}/draft`;
      const { data } = await call("PUT", path, { body: draft, headers, keepalive });
      own.revision = data.revision;
      if (own.dropped) return;
      this.#write(own, { synced: own.draft === draft });
      if (this.#own === own && own.draft === draft) this.#become("saved");
    } catch (error) {
      if (this.#own !== own) return;
      this.#become("here");
      if (error.status === 409) this.dispatchEvent(new Event("elsewhere"));
      else if (error.isAway || error.status >= 500) this.#since ||= Date.now();
    }
  }

  // Ours counts, whatever the server has: for a person who chose it.
  takeOver(revision) {
    this.#own.revision = revision;
  }

  // The work was submitted or thrown away. Returns {known, revision}: whether the server may still
  // have it, and its revision where that is sure.
  drop() {
    clearTimeout(this.#timer);
    const own = this.#own;
    const isOnItsWay = this.#sending !== null;
    const known = { known: own.revision !== null || isOnItsWay, revision: isOnItsWay ? null : own.revision };
    own.dropped = true;
    this.#forget(own.taskId);
    this.#own = { taskId: own.taskId, draft: null, revision: null };
    this.#since = 0;
    this.#become("none");
    return known;
  }

  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }

  #read(taskId) {
    try {
      return JSON.parse(localStorage.getItem(this.#prefix + taskId));
    } catch {
      return null;
    }
  }

  #write({ taskId, draft, revision }, { synced }) {
    try {
      const kept = JSON.stringify({ draft, base: revision, synced });
      localStorage.setItem(this.#prefix + taskId, kept);
    } catch {
      // too large for the browser; the server has it in a moment
    }
  }

  #forget(taskId) {
    try {
      localStorage.removeItem(this.#prefix + taskId);
    } catch {
      // nothing was kept
    }
  }
}

// Whether a draft of the server says the same as one of ours.
function isSame(server, draft) {
  return JSON.stringify(server.result) === JSON.stringify(draft.result);
}
