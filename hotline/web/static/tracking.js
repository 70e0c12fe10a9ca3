// The customer's own clock: counts in the browser, asks every two seconds whether anything changed, and says
// when nobody answers. Written for old telephones. The page is whole without it and then reloads itself.
(function () {
  "use strict";
  var words = document.body.dataset;
  var contact = document.getElementById("contact");
  var announcer = document.getElementById("announcer");
  var every = Number(words.every) * 1000;
  var patience = 8000;
  var thresholds = [15, 10, 5, 2, 1, 0];
  var version = '"' + words.version + '"';
  // The service's clock stood at `base` when this device's stood at `at`, and goes `speed` times as fast.
  var base = Number(words.now), at = Date.now(), speed = Number(words.speed) || 1;
  var heardAt = Date.now();
  var before = null;
  var timer = 0;
  var asking = null;

  function now() { return base + ((Date.now() - at) / 1000) * speed; }
  function two(number) { return (number < 10 ? "0" : "") + number; }

  function clockText(seconds) {
    var whole = seconds < 0 ? Math.floor(-seconds) : Math.ceil(seconds);
    var hours = Math.floor(whole / 3600);
    return (hours ? hours + ":" : "") + two(Math.floor(whole / 60) % 60) + ":" + two(whole % 60);
  }

  // A screen reader hears the clock at these many minutes, and not every second.
  function announce(left) {
    if (before !== null) {
      for (var i = thresholds.length - 1; i >= 0; i -= 1) {
        var minutes = thresholds[i];
        if (before > minutes * 60 && left <= minutes * 60) {
          announcer.textContent = minutes ? words.left.replace("{minutes}", minutes) : words.over;
          if (minutes === 0) { ask(); }
          break;
        }
      }
    }
    before = left;
  }

  function tick() {
    var countdown = document.getElementById("countdown");
    if (countdown) {
      var data = countdown.dataset, until = Number(data.until), left = until - now(), shown = clockText(left);
      if (countdown.textContent !== shown) { countdown.textContent = shown; }
      countdown.className = shown.length > 5 ? "big is-long" : "big";
      var share = Math.min(Math.max(left / (until - Number(data.since)), 0), 1);
      var ring = document.getElementById("ring");
      if (left > 0) { ring.setAttribute("stroke-dashoffset", (Number(data.ring) * (1 - share)).toFixed(1)); }
      else {
        var label = document.getElementById("label");
        if (label.textContent !== label.dataset.late) { label.textContent = label.dataset.late; }
      }
      announce(left);
    }
    var lost = Date.now() - heardAt > patience && !document.hidden;
    if (contact.hidden === lost) { contact.hidden = !lost; }
  }

  function show(text) {
    var fresh = new DOMParser().parseFromString(text, "text/html");
    var part = fresh.getElementById("live");
    if (!part) { location.reload(); return; }
    var said = document.getElementById("headline").textContent;
    document.getElementById("live").innerHTML = part.innerHTML;
    document.title = fresh.title;
    version = '"' + fresh.body.dataset.version + '"';
    var says = document.getElementById("headline").textContent;
    if (says !== said) { announcer.textContent = says; }
    tick();
  }

  function keepPace(request, asked) {
    var there = Number(request.getResponseHeader("X-Service-Now"));
    if (!there) { return; }
    speed = Number(request.getResponseHeader("X-Service-Speed")) || speed;
    base = there + ((Date.now() - asked) / 2000) * speed;
    at = Date.now();
  }

  function later(wait) { clearTimeout(timer); timer = setTimeout(ask, wait); }

  function ask() {
    clearTimeout(timer);
    if (asking || document.hidden) { return; }
    var request = new XMLHttpRequest(), asked = Date.now();
    asking = request;
    request.open("GET", location.pathname);
    request.timeout = 6000;
    request.setRequestHeader("X-Refresh", "1");
    request.setRequestHeader("If-None-Match", version);
    request.onloadend = function () {
      asking = null;
      if (request.status === 404) { location.reload(); return; }
      if (request.status === 200 || request.status === 304) {
        heardAt = Date.now();
        keepPace(request, asked);
        if (request.status === 200) { show(request.responseText); }
      }
      tick();
      later(every);
    };
    request.send();
  }

  // Somebody who comes back to the page is not alarmed before it had time to ask.
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) { heardAt = Math.max(heardAt, Date.now() - patience + 3000); ask(); }
  });
  setInterval(tick, 250);
  tick();
  later(every);
})();
