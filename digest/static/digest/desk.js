// The editor's desk: what is dragged (ui/dragging.js) and its buttons are sent without leaving the page, so that a note which is
// being written stays. Every step is the same request as without script, and of the page that comes back what hangs on it is shown.
(() => {
  const parts = ["[data-desk]", "[aria-labelledby=approval]", "[aria-labelledby=cut]"];
  const note = document.querySelector("form[data-note]");
  const say = (text, className = "sr") => Object.assign(document.getElementById("desk-status"), { textContent: text, className });
  const parse = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

  const show = (page) => {
    if (!page.querySelector("[data-desk]")) throw new Error("no such page");
    for (const part of parts) document.querySelector(part)?.replaceWith(page.querySelector(part));
  };

  const refuse = (why) => say(why, "note bad").scrollIntoView({ block: "nearest" });

  const send = async (action, body, focus, told) => {
    try {
      const answer = await fetch(action, { method: "POST", body });
      const page = await parse(answer);
      if (answer.ok && !page.querySelector("[data-desk]")) return location.assign(answer.url); // signed out meanwhile
      show(answer.ok ? page : await parse(await fetch(location.pathname)));
      focus.map((id) => document.getElementById(id)).find((each) => each)?.focus();
      if (answer.ok) say(told);
      else refuse(page.querySelector("main .lede")?.textContent.trim() ?? "That did not work. Load the page again.");
    } catch {
      refuse("It could not be saved. Check your connection and try again.");
    }
  };

  document.addEventListener("plenary:dropped", (event) => {
    const item = event.target;
    const desk = item.closest("[data-desk]");
    if (!desk) return;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", desk.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
    body.append("before", event.detail.before?.dataset.thing ?? "");
    send(item.dataset.place, body, [item.id], "Moved.");
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-desk] .tools form");
    if (!form) return;
    event.preventDefault();
    const row = form.closest("li").id;
    send(form.action, new FormData(form), [event.submitter?.id, row, "dropped"], form.dataset.told);
  });

  // What was typed and not saved goes with no step elsewhere without a question.
  let typed = note?.hasAttribute("data-typed");
  note?.addEventListener("input", () => (typed = true));
  note?.addEventListener("submit", () => (typed = false));
  addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
})();
