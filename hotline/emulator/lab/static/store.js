/* What the page knows of the emulator: telephones, log, clock. Follows the log and tells whoever listens. */

import { Lost, get } from "./api.js";
import { sleep } from "./dom.js";

const PATIENCE = 15; // seconds that one look at the log waits
const MOST_ENTRIES = 800;
const TEXTS = 40;
const BREATH = 120; // milliseconds between two looks at the telephones
const PULSE = 3000;

export const handsets = new Map();
export const lines = new Map();
export let notes = { links: [], sign_in: [], tour: [], replies: [] };
const ends = new Map(); // by call or message: the telephone at its far end
const listeners = { handsets: [], entries: [], clock: [], lost: [], faults: [] };

/** Call `listener` whenever `what` has news. */
export const on = (what, listener) => listeners[what].push(listener);
const tell = (what, ...news) => listeners[what].forEach((listener) => listener(...news));

/** The number of the telephone that an entry of the log is about, if any. */
export const partyOf = (entry) => ends.get(entry.sid) ?? "";

/** What people call the owner of a number. */
export function nameOf(number) {
  return handsets.get(number)?.label.name || lines.get(number) || number;
}

/** Take a telephone as the emulator just described it. */
export function take(handset) {
  handsets.set(handset.number, handset);
  tell("handsets");
}

/** Read everything once, then follow. Tells `lost` with true when contact goes; the page begins anew when it is back. */
export async function follow() {
  let after = -1;
  let isKnown = false;
  let isLost = false;
  while (true) {
    try {
      if (!isKnown) await readAll();
      const { entries } = await get(`/log?after=${after}&wait=${isKnown ? PATIENCE : 0}&most=${MOST_ENTRIES}`);
      // What came back may be another world with the same address.
      if (isLost) return location.reload();
      if (entries.length) after = entries.at(-1).index;
      entries.forEach(learn);
      tell("entries", entries, !isKnown);
      if (entries.length && isKnown) look();
      isKnown = true;
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      if (!isLost) tell("lost", true);
      isLost = true;
      await sleep(1000);
    }
  }
}

async function readAll() {
  const [numbers, about] = await Promise.all([get("/numbers"), get("/notes")]);
  for (const one of numbers.numbers) lines.set(one.phone_number, one.friendly_name || one.phone_number);
  notes = about;
  await Promise.all([readHandsets(), pulse()]);
  setInterval(() => pulse().catch(() => {}), PULSE);
}

async function pulse() {
  const [clock, faults] = await Promise.all([get("/clock"), get("/faults"), readHandsets()]);
  tell("clock", clock);
  tell("faults", faults);
}

async function readHandsets() {
  const found = await get(`/handsets?texts=${TEXTS}`);
  for (const one of found.handsets) handsets.set(one.number, one);
  tell("handsets");
}

let isLooking = false;
let isWanted = false;

/** Look at the telephones soon; several wishes within a breath are one look. */
async function look() {
  isWanted = true;
  if (isLooking) return;
  isLooking = true;
  while (isWanted) {
    isWanted = false;
    await readHandsets().catch(() => {});
    await sleep(BREATH);
  }
  isLooking = false;
}

function learn(entry) {
  if (ends.has(entry.sid)) return;
  const { from, to, by } = entry.data;
  const asked = entry.data.params ? JSON.parse(entry.data.params) : {};
  const party = [from, to, by, asked.From, asked.To].find((number) => number && !lines.has(number));
  if (party && entry.sid) ends.set(entry.sid, party);
}
