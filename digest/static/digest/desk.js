// The editor's desk: what is dragged (ui/dragging.js) is sent as the buttons send it, and the page that comes back is shown.
(() => {
  const desk = () => document.querySelector("[data-desk]");
  const say = (text) => {
    document.getElementById("desk-status").textContent = text;
  };
  document.addEventListener("plenary:dropped", async (event) => {
    const item = event.target;
    if (!desk()?.contains(item)) return;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", desk().querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
    body.append("before", event.detail.before?.dataset.thing ?? "");
    try {
      const answer = await fetch(item.dataset.place, { method: "POST", body });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-desk]");
      if (!answer.ok || !fresh) throw new Error("no such page");
      desk().replaceWith(fresh);
      document.getElementById(item.id)?.focus();
      say("Moved.");
    } catch {
      say("It could not be saved. Check your connection and try again.");
    }
  });
})();
