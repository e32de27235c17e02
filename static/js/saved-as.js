// What a piece of work becomes in the outbox, and what a kept draft becomes again. Pure functions.

// `kind` is create, update or skip; `work` what the editor says of it. A new completion gets the
// unique id `ref`; `seconds` were spent on it now.
export function savedAs(kind, work, { taskId, ref, seconds }) {
  const isNew = work.kind !== "completion";
  const spent = seconds + (isNew ? 0 : work.leadTime);
  const body = { result: work.result, lead_time: Math.round(spent * 1000) / 1000 };
  if (isNew) {
    if (work.star) body.honeypot = true;
    const made = kind === "skip" ? kind : "create";
    return { kind: made, taskId, body: { ...body, unique_id: ref }, ref };
  }
  if (kind === "update" && work.skipped) body.was_cancelled = false;
  return { kind, taskId, body, ref: work.ref, completionId: work.id, ifMatch: work.revision };
}

// A draft as the work to begin with: {key, result, seconds}; `key` null for a new completion.
export function workOf(draft) {
  if (!draft) return null;
  const { completion_id: id, completion_ref: ref, result, lead_time: seconds } = draft;
  return { key: id === null || id === undefined ? (ref ?? null) : String(id), result, seconds };
}

// crypto.randomUUID is not there on plain http from another machine.
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const digits = crypto.getRandomValues(new Uint8Array(16));
  return [...digits].map((digit) => digit.toString(16).padStart(2, "0")).join("");
}
