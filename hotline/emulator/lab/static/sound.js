/* What can be heard: sentences by the browser's own voices, keys and rings by two tones each.

One ear at a time: the telephone that was used last. A browser without voices shows captions only. */

import { say } from "./dom.js";
import { speed } from "./clock.js";

const KEPT = "lab.sound";
const FASTEST = 2; // above that a voice could not keep up
const KEYS = ["123", "456", "789", "*0#"];
const LOW = [697, 770, 852, 941];
const HIGH = [1209, 1336, 1477];
const voices = window.speechSynthesis;
const byId = (id) => document.getElementById(id);
const listeners = [];
let isOn = read() !== "off";
let isAwake = false; // browsers let nobody speak before the first click
let ear = "";
let tones = null;
let ringing = false;

function read() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

/** The telephone whose sentences are spoken. */
export const listeningTo = () => ear;

/** Call `listener` when another telephone is listened to. */
export const onEar = (listener) => listeners.push(listener);

/** Listen to another telephone; what the one before was being told is cut off. */
export function listenTo(number) {
  if (number === ear) return;
  ear = number;
  hush();
  listeners.forEach((listener) => listener(ear));
}

/** A sentence in the ear of `number`, in a language; spoken after the one before. */
export function speak(number, text, language) {
  if (!isOn || !isAwake || !voices || number !== ear || speed() > FASTEST) return;
  if (text.startsWith("[")) return;
  const sentence = new SpeechSynthesisUtterance(text);
  sentence.lang = language || "en-US";
  const wanted = sentence.lang.split("-")[0];
  sentence.voice = voices.getVoices().find((voice) => voice.lang.replace("_", "-") === sentence.lang)
    ?? voices.getVoices().find((voice) => voice.lang.startsWith(wanted)) ?? null;
  voices.speak(sentence);
}

/** Silence: a key interrupts a prompt, and a call that is over says nothing more. */
export function hush(number = ear) {
  if (number === ear) voices?.cancel();
}

/** The two tones of a key. */
export function keyTone(key) {
  const row = KEYS.findIndex((keys) => keys.includes(key));
  if (row >= 0) play([LOW[row], HIGH[KEYS[row].indexOf(key)]], 0.14, 0.06);
}

/** Ring until told otherwise. */
export function ring(isWanted) {
  if (isWanted && !ringing) setTimeout(ringOnce, 0);
  ringing = isWanted;
}

function ringOnce() {
  if (!ringing) return;
  for (const beat of [0, 0.55]) play([440, 480], 0.4, 0.035, beat);
  setTimeout(ringOnce, 2600);
}

function play(frequencies, seconds, volume, delay = 0) {
  if (!isOn || !isAwake || !window.AudioContext) return;
  tones ??= new AudioContext();
  const begin = tones.currentTime + delay;
  const gain = tones.createGain();
  gain.gain.setValueAtTime(0, begin);
  gain.gain.linearRampToValueAtTime(volume, begin + 0.01);
  gain.gain.setValueAtTime(volume, begin + seconds - 0.03);
  gain.gain.linearRampToValueAtTime(0, begin + seconds);
  gain.connect(tones.destination);
  for (const frequency of frequencies) {
    const source = tones.createOscillator();
    source.frequency.value = frequency;
    source.connect(gain);
    source.start(begin);
    source.stop(begin + seconds);
  }
}

function show() {
  byId("sound").setAttribute("aria-pressed", String(isOn));
  say(byId("sound-word"), isOn ? "Sound on" : "Sound off");
}

/** Wire the switch; it is remembered. */
export function start() {
  show();
  byId("sound").addEventListener("click", () => {
    isOn = !isOn;
    if (!isOn) voices?.cancel();
    try {
      localStorage.setItem(KEPT, isOn ? "on" : "off");
    } catch {
      // A browser that keeps nothing asks again next time.
    }
    show();
  });
  const wake = () => { isAwake = true; };
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, wake, { once: true, capture: true });
  setTimeout(() => {
    byId("voices").hidden = Boolean(voices?.getVoices().length);
  }, 1500);
}
