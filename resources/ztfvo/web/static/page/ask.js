// Requests to this site's public addresses.

// What the site answers in place of a document: its sentence, and the state of a service outside
// where it says one.
export class Refused extends Error {
  constructor(status, message, state = null) {
    super(message);
    this.status = status;
    this.state = state;
  }
}

const AWAY = "The site does not answer: check the connection, then try again.";

async function get(address, options) {
  let answer;
  try {
    answer = await fetch(address, { headers: { Accept: "*/*" }, ...options });
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Refused(0, AWAY);
  }
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

async function refusal(answer) {
  const type = answer.headers.get("Content-Type") ?? "";
  const text = (await answer.text()).trim();
  if (type.startsWith("text/plain") && text) return new Refused(answer.status, text);
  if (type.startsWith("application/json")) {
    const { reason, state } = JSON.parse(text);
    if (reason) return new Refused(answer.status, reason, state);
  }
  return new Refused(answer.status, `The site answered with status ${answer.status}.`);
}

// The document at an address; Refused has the sentence of the site where there is none.
export async function json(address, options = {}) {
  const answer = await get(address, options);
  try {
    return await answer.json();
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Refused(answer.status, "The answer of the site broke off: try again.");
  }
}

export async function bytes(address, options = {}) {
  const answer = await get(address, options);
  return { headers: answer.headers, body: await answer.arrayBuffer() };
}

// Call a function with each line of an answer, as it comes.
export async function lines(address, take, options = {}) {
  const answer = await get(address, options);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    const parts = (rest + (value ?? "")).split("\n");
    rest = done ? "" : parts.pop();
    for (const part of parts) if (part) take(JSON.parse(part));
    if (done) return;
  }
}

export function address(path, parameters) {
  const text = new URLSearchParams(parameters).toString();
  return text ? `${path}?${text}` : path;
}
