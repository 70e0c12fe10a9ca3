// Keeps a page true: ticks the countdowns, asks for what changed, and says so when it cannot.
// Everything it shows was there before it loaded; without it the page reloads itself.
(() => {
  const contact = document.getElementById("contact");
  const words = contact.dataset;
  const announcer = document.getElementById("announcer");
  const text = document.getElementById("contact-text");
  const age = document.getElementById("contact-age");
  const signIn = document.getElementById("contact-sign-in");
  const every = Number(words.every) * 1000;
  const hiddenEvery = Number(words.hiddenEvery) * 1000;
  const patience = Number(words.patience) * 1000;
  const slowest = 5000;
  const thresholds = [15, 10, 5, 2, 1, 0];
  const zone = document.body.dataset.zone;

  // The service's clock: it stood at `base` when ours stood at `at`, and goes `speed` times as fast.
  const clock = { base: Number(words.now), at: performance.now(), speed: Number(words.speed) };
  let drawnAt = clock.base;
  let version = words.version;
  let heardAt = performance.now();
  let heardTime = clock.base;
  let backAt = 0;
  let state = "fine";
  let failures = 0;
  let busy = false;
  let timer = 0;
  const lastSeen = new Map();

  const two = (number) => String(number).padStart(2, "0");
  const serviceNow = () => clock.base + ((performance.now() - clock.at) / 1000) * clock.speed;
  const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function countdown(seconds) {
    const whole = seconds < 0 ? Math.floor(-seconds) : Math.ceil(seconds);
    const hours = Math.floor(whole / 3600);
    const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
    return (seconds < 0 ? "\u2212" : "") + (hours ? `${hours}:${rest}` : rest);
  }

  // Screen readers hear a clock at these many minutes, not every second.
  function announce(name, seconds) {
    const before = lastSeen.get(name);
    lastSeen.set(name, seconds);
    if (before === undefined) return;
    const crossed = thresholds.find((minutes) => before > minutes * 60 && seconds <= minutes * 60);
    if (crossed === undefined) return;
    announcer.textContent = fill(crossed ? words.left : words.late, { name, minutes: crossed });
    if (crossed === 0) soon();
  }

  function tick() {
    const now = serviceNow();
    for (const each of document.querySelectorAll("#live [data-seconds]")) {
      const seconds = Number(each.dataset.seconds) - (now - drawnAt);
      const shown = countdown(seconds);
      if (each.textContent !== shown) each.textContent = shown;
      if (each.dataset.name) announce(each.dataset.name, seconds);
    }
    for (const each of document.querySelectorAll("[data-wall-clock]")) {
      const shown = timeOfDay(now);
      if (each.textContent !== shown) each.textContent = shown;
    }
    if (state === "fine" && !document.hidden && isSilent()) turn("lost");
    if (state === "lost" || state === "trouble") showAge();
  }

  // Somebody who comes back to a hidden tab is not alarmed before it had time to ask.
  const isSilent = () => performance.now() - Math.max(heardAt, backAt) > patience;
  const timeOfDay = (seconds) => new Date(seconds * 1000).toLocaleTimeString("en-GB", { timeZone: zone });

  function keepPace(headers, asked) {
    const [now, speed] = [Number(headers.get("X-Service-Now")), Number(headers.get("X-Service-Speed"))];
    if (!now || !speed) return;
    const there = now + ((performance.now() - asked) / 2000) * speed;
    if (speed === clock.speed && Math.abs(there - serviceNow()) < 0.4 * speed) return;
    Object.assign(clock, { base: there, at: performance.now(), speed });
  }

  function showAge() {
    const seconds = Math.floor((performance.now() - heardAt) / 1000);
    const [template, count] = seconds < 60 ? [words.ageSeconds, seconds]
      : seconds < 3600 ? [words.ageMinutes, Math.floor(seconds / 60)] : [words.ageHours, Math.floor(seconds / 3600)];
    const shown = fill(template, { count });
    if (age.textContent !== shown) age.textContent = shown;
  }

  // fine, lost (the network), trouble (the service answers with an error), out (signed out)
  function turn(next, status) {
    if (next === state) return;
    state = next;
    document.documentElement.dataset.contact = next;
    contact.dataset.state = next;
    signIn.hidden = next !== "out";
    age.textContent = "";
    if (next === "fine") {
      text.textContent = words.back;
      setTimeout(() => { if (state === "fine") { contact.hidden = true; text.textContent = ""; } }, 5000);
      return;
    }
    contact.hidden = false;
    if (next === "out") { text.textContent = words.out; return; }
    // What is read aloud is said once; the age, which changes, stands beside it for the eye.
    text.textContent = fill(next === "trouble" ? words.trouble : words.lost, { status, time: timeOfDay(heardTime) });
    showAge();
  }

  function show(page) {
    const fresh = page.getElementById("live");
    if (!fresh) { location.reload(); return; }
    const old = document.getElementById("live");
    const known = new Set([...old.querySelectorAll("[data-reference]")].map((row) => row.dataset.reference));
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    const open = [...old.querySelectorAll("details[open][id]")].map((each) => each.id);
    const scrolled = [...old.querySelectorAll("[data-keep-scroll]")].map((each) => each.scrollTop);
    old.replaceWith(document.adoptNode(fresh));
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    fresh.querySelectorAll("[data-keep-scroll]").forEach((each, place) => { each.scrollTop = scrolled[place] ?? 0; });
    const drawn = page.getElementById("contact").dataset;
    [drawnAt, version] = [Number(drawn.now), drawn.version];
    document.title = page.title;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    const added = [...fresh.querySelectorAll("[data-reference]")].filter((row) => !known.has(row.dataset.reference));
    if (added.length) announcer.textContent = fill(words.new, { name: added.map((row) => row.dataset.name).join(", ") });
    document.dispatchEvent(new CustomEvent("live:shown"));
  }

  async function ask() {
    const asked = performance.now();
    const response = await fetch(words.address || location.pathname + location.search, {
      headers: { "X-Refresh": "1", ...(version && { "If-None-Match": `"${version}"` }) },
      cache: "no-store", signal: AbortSignal.timeout(patience),
    });
    const signedOut = response.status === 401 || (response.redirected && new URL(response.url).pathname === "/sign-in");
    if (signedOut) { turn("out"); return; }
    if (response.redirected) { location.reload(); return; }
    if (response.status !== 304 && !response.ok) { failures += 1; turn("trouble", response.status); return; }
    keepPace(response.headers, asked);
    if (response.status !== 304) show(new DOMParser().parseFromString(await response.text(), "text/html"));
    [heardAt, heardTime] = [performance.now(), serviceNow()];
    failures = 0;
    turn("fine");
    tick();
  }

  async function refresh() {
    if (busy) return;
    clearTimeout(timer);
    busy = true;
    try {
      if (!document.querySelector("#live button:active")) await ask();
    } catch {
      failures += 1;
      if (isSilent()) turn("lost");
    } finally {
      busy = false;
      clearTimeout(timer);
      timer = setTimeout(refresh, pause());
    }
  }

  function pause() {
    if (document.hidden || state === "out") return hiddenEvery;
    return failures ? Math.min(every * 2 ** (failures - 1), slowest) : every;
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(refresh, 50);
  }

  // A second tap while the first is under way is not sent. The server would not mind it either.
  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("[data-once]");
    if (!button) return;
    if (button.disabled) event.preventDefault();
    setTimeout(() => { button.disabled = true; });
  });
  addEventListener("pageshow", (event) => {
    for (const button of document.querySelectorAll("[data-once]")) button.disabled = false;
    if (event.persisted) soon();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    backAt = performance.now();
    soon();
  });
  for (const change of ["online", "offline"]) addEventListener(change, soon);
  setInterval(tick, 250);
  timer = setTimeout(refresh, every);
  tick();
})();
