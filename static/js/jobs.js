// Work that the server does in the background: followed until it ends, stopped on demand.
import { call, get } from "./api.js";

const SOON = 120; // ms until the first question; later ones come less and less often
const SELDOM = 1000;

// `onProgress(job)` is told how far it is. Answers the job when it has ended, however it did;
// a server that does not answer for a while is asked again.
export async function follow(job, onProgress = () => {}) {
  let pause = SOON;
  let now = job;
  while (now.status === "running") {
    onProgress(now);
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 1.4, SELDOM);
    try {
      now = await get(`api/jobs/${job.id}`);
    } catch (error) {
      if (!error.isAway) throw error;
    }
  }
  return now;
}

export const cancel = (job) => call("DELETE", `api/jobs/${job.id}`);

// Jobs of a kind that are running now, for a page that is opened meanwhile.
export async function running(kind) {
  return (await get(`api/jobs?kind=${kind}`)).filter((job) => job.status === "running");
}
