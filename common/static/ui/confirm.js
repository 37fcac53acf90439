// Asks before a form with data-confirm="Question?" is sent; data-confirm-yes names the button. Without script the form is
// sent at once, so whatever cannot be undone also needs a page that asks.
(() => {
  const element = (name, attributes, ...children) => {
    const made = Object.assign(document.createElement(name), attributes);
    made.append(...children);
    return made;
  };

  const ask = (question, yes) =>
    new Promise((resolve) => {
      const title = element("h2", { id: "confirm-title", textContent: question });
      const form = element(
        "form",
        { method: "dialog", className: "row" },
        element("button", { className: "btn danger", value: "yes", textContent: yes }),
        element("button", { className: "btn second", value: "", textContent: "Go back", autofocus: true }),
      );
      const dialog = element("dialog", {}, element("div", { className: "stack" }, title, form));
      dialog.setAttribute("aria-labelledby", "confirm-title");
      dialog.addEventListener("close", () => {
        resolve(dialog.returnValue === "yes");
        dialog.remove();
      });
      document.body.append(dialog);
      dialog.showModal();
    });

  const confirmed = new WeakSet();
  const onSubmit = async (event) => {
    const form = event.target;
    if (!form.dataset?.confirm || confirmed.delete(form)) return;
    const button = event.submitter;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await ask(form.dataset.confirm, form.dataset.confirmYes ?? "Yes, do it")) {
      confirmed.add(form);
      form.requestSubmit(button);
    }
  };
  document.addEventListener("submit", onSubmit, true);
})();
