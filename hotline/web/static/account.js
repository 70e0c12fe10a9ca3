// Asks the device for a passkey when its button is pressed, and sends what it answers as a form.
(() => {
  const toBytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const listed = (credentials) => (credentials || []).map((one) => ({ ...one, id: toBytes(one.id) }));

  async function ask(kind, options) {
    const publicKey = { ...options, challenge: toBytes(options.challenge) };
    if (kind === "get") {
      publicKey.allowCredentials = listed(options.allowCredentials);
      return navigator.credentials.get({ publicKey });
    }
    publicKey.user = { ...options.user, id: toBytes(options.user.id) };
    publicKey.excludeCredentials = listed(options.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  }

  function written(credential) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = toText(credential.response[name]);
    }
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return JSON.stringify({
      id: credential.id, rawId: toText(credential.rawId), type: credential.type, response,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  }

  async function press(form) {
    const trouble = form.querySelector(".passkey-trouble");
    const button = form.querySelector("button");
    const say = (text) => { trouble.textContent = text; trouble.hidden = !text; button.disabled = false; };
    say("");
    button.disabled = true;
    let answer;
    try {
      answer = await fetch(form.dataset.options, {
        method: "POST", headers: { "X-CSRFToken": form.elements.csrf_token.value }, redirect: "error",
      });
    } catch {
      say(form.dataset.lost);
      return;
    }
    // The session ended, or the person has to confirm first: the page itself knows what to say.
    if (answer.status === 403) { location.reload(); return; }
    if (!answer.ok) { say(form.dataset.lost); return; }
    try {
      form.elements.credential.value = written(await ask(form.dataset.passkey, await answer.json()));
    } catch {
      say(form.dataset.refused);
      return;
    }
    form.submit();
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    form.hidden = false;
    form.addEventListener("submit", (event) => { event.preventDefault(); press(form); });
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("form[data-passkey] button")) button.disabled = false;
  });
})();
