// How far the labeling is, as the server said it and with what is on its way to it counted in.
import { get } from "./api.js";

// Events: "change" of `state`, {tasks, completed, skipped, lead_time, seconds_left}.
export class Tally extends EventTarget {
  state;

  constructor(state) {
    super();
    this.state = state ?? { tasks: 0, completed: 0, skipped: 0 };
  }

  // What the server said last.
  take(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }

  // Tasks that become completed, and skipped ones; `sign` is -1 where that is taken back.
  count({ completed, skipped }, sign = 1) {
    const { lead_time: pace, seconds_left: left } = this.state;
    this.take({
      ...this.state,
      completed: this.state.completed + sign * completed,
      skipped: this.state.skipped + sign * skipped,
      seconds_left: pace ? Math.max(0, left - sign * completed * pace) : left,
    });
  }

  async refresh() {
    try {
      this.take(await get("api/progress"));
    } catch {
      // what was counted here will do until the next time
    }
  }
}
