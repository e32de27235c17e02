// Seconds that somebody worked on a task: time while the page is hidden does not count.
export class Stopwatch {
  #before;
  #since = document.hidden ? null : Date.now();

  constructor(seconds = 0) {
    this.#before = seconds;
    document.addEventListener("visibilitychange", this);
  }

  handleEvent() {
    this.#before = this.seconds;
    this.#since = document.hidden ? null : Date.now();
  }

  get seconds() {
    return this.#before + (this.#since === null ? 0 : (Date.now() - this.#since) / 1000);
  }

  stop() {
    document.removeEventListener("visibilitychange", this);
  }
}
