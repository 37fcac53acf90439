// Forms with data-passkey: "get" signs with a passkey, "create" makes one. The options lie in the page (data-options: an id) or at
// an address (data-options-at); the answer goes into the field `credential`, and the form is sent.
(() => {
  const optionsOf = async (form) => {
    if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
    const answer = await fetch(form.dataset.optionsAt, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`asked for a challenge, got ${answer.status}`);
    return answer.json();
  };

  const ceremony = async (form) => {
    const told = await optionsOf(form);
    if (form.dataset.passkey === "get") return webauthnJSON.get(told.request_options);
    const wanted = told.creation_options.publicKey.authenticatorSelection;
    Object.assign(wanted, { residentKey: "required", requireResidentKey: true, userVerification: "required" });
    return webauthnJSON.create(told.creation_options);
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const trouble = document.querySelector("[data-passkey-trouble]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("[type=submit]");
      trouble.hidden = button.disabled = true;
      try {
        form.elements.credential.value = JSON.stringify(await ceremony(form));
        form.submit();
      } catch {
        trouble.hidden = false;
      } finally {
        button.disabled = false;
      }
    });
  }
})();
