/* The control API of the emulator, as functions. A refusal is an Error in the emulator's own words. */

/** Nobody answered at all. */
export class Lost extends Error {}

async function ask(method, path, body) {
  let answer;
  try {
    answer = await fetch(`/emulator${path}`, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
    });
  } catch {
    throw new Lost("The emulator does not answer.");
  }
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(found.error ?? `HTTP ${answer.status}`);
  return found;
}

export const get = (path) => ask("GET", path);
export const post = (path, body = {}) => ask("POST", path, body);
export const remove = (path) => ask("DELETE", path);

const turns = new Map();

/** Do something with a telephone, after whatever was asked of it before: keys arrive as they were typed. */
export function act(number, action, body = {}) {
  const before = turns.get(number) ?? Promise.resolve();
  const mine = before.catch(() => {}).then(() => post(`/handsets/${encodeURIComponent(number)}/${action}`, body));
  turns.set(number, mine);
  return mine;
}
