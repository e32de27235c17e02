// Calls of the API. Every one that changes something is remembered, so that the page can show it
// as a line for curl; errors are told in words that a person understands.
import { root } from "./dom.js";

const TEXT = {
  away: "The server cannot be reached.",
  status: (status) => `The server answered with status ${status}.`,
};
const REMEMBERED = 30;
const LONGEST_BODY = 4000;

export const calls = [];

export class ApiError extends Error {
  // `status` is 0 when there was no answer; `data` is what the server said.
  constructor(message, status, data = null) {
    super(message);
    this.status = status;
    this.data = data;
  }

  get isAway() {
    return this.status === 0;
  }
}

export function address(path) {
  return new URL(root + path, document.baseURI).href;
}

// Answers {status, data, headers}; throws ApiError for no answer or one that refuses. A `quiet`
// call changes nothing, so that it is not remembered.
export async function call(
  method,
  path,
  { body, headers = {}, signal, keepalive, quiet = false } = {},
) {
  const options = { method, headers: { ...headers }, signal, keepalive, cache: "no-store" };
  if (body !== undefined) {
    const isForm = body instanceof FormData || body instanceof Blob;
    options.body = isForm ? body : JSON.stringify(body);
    if (!isForm) options.headers["Content-Type"] = "application/json";
  }
  if (method !== "GET" && !quiet) remember(method, path, options);
  let response;
  let data;
  try {
    response = await fetch(address(path), options);
    data = parsed(await response.text());
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(TEXT.away, 0);
  }
  if (!response.ok) throw new ApiError(reason(response.status, data), response.status, data);
  return { status: response.status, data, headers: response.headers };
}

export const get = async (path, options) => (await call("GET", path, options)).data;

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function reason(status, data) {
  if (Array.isArray(data)) return data.join("\n");
  if (typeof data === "string" && data && !data.includes("<")) return data;
  const detail = data?.detail ?? data?.label_config;
  return (Array.isArray(detail) ? detail.join("\n") : detail) || TEXT.status(status);
}

export function remember(method, path, { headers, body }) {
  calls.unshift({ at: Date.now(), method, path, headers, body });
  calls.length = Math.min(calls.length, REMEMBERED);
}

// The same call as a line for a shell.
export function curl({ method, path, headers = {}, body }) {
  const parts = ["curl"];
  if (method !== "GET") parts.push("-X", method);
  for (const [name, value] of Object.entries(headers)) parts.push("-H", quoted(`${name}: ${value}`));
  parts.push(quoted(address(path)));
  if (typeof body === "string") {
    parts.push("--data", body.length > LONGEST_BODY ? "@body.json" : quoted(body));
  } else if (body) parts.push("-F", "file=@…");
  return parts.join(" ");
}

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
