// How far the labeling is, as the server said it and with what is on its way to it counted in.
import { get } from "./api.js";

// Events: "change" of `state`, {tasks, completed, skipped, lead_time, seconds_left}.
export class Tally extends EventTarget {
  state;
  counted = 0; // how often something was counted here

  constructor(state) {
    super();
    this.state = state ?? { tasks: 0, completed: 0, skipped: 0 };
  }

  // What the server said when it was asked at a time when `counted` was `since`: what was counted
  // here after that is not in it, so it is passed over then.
  take(state, since) {
    if (since === this.counted) this.#show(state);
  }

  #show(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }

  // Tasks that become completed, and skipped ones; `sign` is -1 where that is taken back.
  count({ completed, skipped }, sign = 1) {
    const { lead_time: pace, seconds_left: left } = this.state;
    this.counted += 1;
    this.#show({
      ...this.state,
      completed: this.state.completed + sign * completed,
      skipped: this.state.skipped + sign * skipped,
      seconds_left: pace ? Math.max(0, left - sign * completed * pace) : left,
    });
  }

  async refresh() {
    const since = this.counted;
    try {
      this.take(await get("api/progress"), since);
    } catch {
      // what was counted here will do until the next time
    }
  }
}
