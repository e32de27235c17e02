// Sending files, a few at a time, small ones together, with the progress of each in bytes.
import { address, ApiError, reason, remember } from "./api.js";

const AT_ONCE = 3; // requests
const MOST_FILES = 40; // in a request
const MOST_BYTES = 8e6;

export class Upload {
  // One file on its way. `state` is waiting, sending, sent or failed; `loaded` is in bytes.
  constructor(file, name = file.name) {
    this.file = file;
    this.name = name;
    this.size = file.size;
    this.state = "waiting";
    this.loaded = 0;
    this.id = null;
    this.problem = null;
  }
}

export class Sender {
  #path;
  #changed;
  #waiting = [];
  #requests = new Map(); // XMLHttpRequest → its uploads

  // `changed(upload)` is called whenever one has moved.
  constructor(path, changed) {
    this.#path = path;
    this.#changed = changed;
  }

  get busy() {
    return this.#requests.size > 0 || this.#waiting.length > 0;
  }

  send(uploads) {
    this.#waiting.push(...uploads);
    this.#next();
  }

  // One that is on its way takes those with it that were sent in the same request; they go again.
  drop(upload) {
    this.#waiting = this.#waiting.filter((other) => other !== upload);
    for (const [request, batch] of this.#requests) {
      if (!batch.includes(upload)) continue;
      this.#requests.delete(request);
      request.abort();
      const others = batch.filter((other) => other !== upload);
      for (const other of others) Object.assign(other, { state: "waiting", loaded: 0 });
      this.#waiting.unshift(...others);
    }
    this.#next();
  }

  #next() {
    while (this.#waiting.length && this.#requests.size < AT_ONCE) this.#begin(this.#batch());
  }

  #batch() {
    const batch = [];
    let bytes = 0;
    while (this.#waiting.length && batch.length < MOST_FILES) {
      bytes += this.#waiting[0].size;
      if (batch.length && bytes > MOST_BYTES) break;
      batch.push(this.#waiting.shift());
    }
    return batch;
  }

  #begin(batch) {
    const form = new FormData();
    for (const upload of batch) {
      form.append("file", upload.file, upload.name);
      this.#move(upload, { state: "sending" });
    }
    const request = new XMLHttpRequest();
    this.#requests.set(request, batch);
    request.open("POST", address(this.#path));
    request.upload.addEventListener("progress", ({ loaded }) => this.#spread(batch, loaded));
    request.addEventListener("load", () => this.#ended(request, batch));
    request.addEventListener("error", () => this.#failed(request, batch, new ApiError("", 0)));
    request.send(form);
    remember("POST", this.#path, { body: form });
  }

  // The bytes of a request are those of its files, one after the other.
  #spread(batch, loaded) {
    let left = loaded;
    for (const upload of batch) {
      const part = Math.min(left, upload.size);
      left -= part;
      if (part !== upload.loaded) this.#move(upload, { loaded: part });
    }
  }

  #ended(request, batch) {
    let answer = request.responseText;
    try {
      answer = JSON.parse(answer);
    } catch {
      // an error page; what it says is of no use to a person
    }
    if (request.status >= 300) {
      const message = reason(request.status, answer);
      this.#failed(request, batch, new ApiError(message, request.status, answer));
      return;
    }
    this.#requests.delete(request);
    batch.forEach((upload, at) =>
      this.#move(upload, { state: "sent", id: answer[at].id, loaded: upload.size }),
    );
    this.#next();
  }

  #failed(request, batch, error) {
    this.#requests.delete(request);
    for (const upload of batch) this.#move(upload, { state: "failed", problem: error });
    this.#next();
  }

  #move(upload, change) {
    Object.assign(upload, change);
    this.#changed(upload);
  }
}
