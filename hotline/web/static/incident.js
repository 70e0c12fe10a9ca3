// The page of an incident: what is typed and what is played survive a refresh, and the bar moves on.
// live.js replaces #live and then says "live:shown"; without scripts everything works but by itself.
(() => {
  const typed = new Map();
  const sounds = new Map();
  const fields = "input:not([type=hidden]), textarea, select";
  let bar = null;
  let since = performance.now();

  const remember = (field) => { if (field.id) typed.set(field.id, { value: field.value, from: field.selectionStart, to: field.selectionEnd }); };

  function keepTyped() {
    for (const [id, kept] of typed) {
      const field = document.getElementById(id);
      if (!field || field.value === kept.value) continue;
      field.value = kept.value;
      if (field === document.activeElement && kept.from !== null && kept.from !== undefined) field.setSelectionRange(kept.from, kept.to);
    }
  }

  // Put back in the same task as it was taken out, a player goes on playing.
  function keepSounds() {
    for (const fresh of document.querySelectorAll("#live audio[id]")) {
      const known = sounds.get(fresh.id);
      if (known && known !== fresh) fresh.replaceWith(known);
      else listen(fresh);
    }
  }

  function listen(sound) {
    sounds.set(sound.id, sound);
    const trouble = () => sound.parentElement.querySelector(".sound-trouble");
    sound.addEventListener("error", () => { trouble().hidden = false; });
    sound.addEventListener("playing", () => { trouble().hidden = true; });
  }

  function findBar() {
    bar = document.querySelector("[data-bar]");
    since = performance.now();
  }

  function move() {
    if (!bar) return;
    const speed = Number(document.getElementById("contact")?.dataset.speed) || 1;
    const now = Number(bar.dataset.now) + ((performance.now() - since) / 1000) * speed;
    const x = Math.min(Math.max(((now - Number(bar.dataset.from)) / Number(bar.dataset.secondsLong)) * 100, 0), 100);
    const [run, late, line] = [".bar-run", ".bar-late", ".bar-now"].map((name) => bar.querySelector(name));
    run.setAttribute("width", `${Math.min(x, Number(run.dataset.limit))}%`);
    late.setAttribute("width", `${Math.max(x - Number(late.dataset.start), 0)}%`);
    line.setAttribute("x1", `${x}%`);
    line.setAttribute("x2", `${x}%`);
  }

  document.addEventListener("input", (event) => { if (event.target.matches?.(`#live :is(${fields})`)) remember(event.target); });
  document.addEventListener("submit", (event) => { for (const field of event.target.querySelectorAll(fields)) typed.delete(field.id); });
  document.addEventListener("live:shown", () => { keepTyped(); keepSounds(); findBar(); move(); });
  for (const wrong of document.querySelectorAll("#live .is-invalid")) wrong.form?.querySelectorAll(fields).forEach(remember);
  keepSounds();
  findBar();
  setInterval(move, 1000);
})();
