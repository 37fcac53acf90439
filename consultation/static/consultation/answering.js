// Keeps answers as they are given, counts characters, and lets a ranking move without leaving the page. Without it every
// button still works: each is a submit button, and Back and Continue keep what is on the page.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const saved = document.querySelector("[data-saved]");
  const status = document.getElementById("answering-status");
  form.elements.writer.value = Math.random().toString(16).slice(2) + Date.now().toString(16);

  let running = false;
  let waiting = false;
  let timer = 0;
  let lost = false;

  const stamp = () => {
    form.elements.sequence.value = Number(form.elements.sequence.value) + 1;
  };

  // One request at a time: an older one can then never arrive after a newer one.
  const save = async () => {
    if (running) {
      waiting = true;
      return;
    }
    running = true;
    waiting = false;
    stamp();
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form) });
      if (!answer.ok || answer.redirected) throw new Error(answer.redirected ? "signed out" : answer.status);
      saved.textContent = `Saved ${(await answer.json()).saved}`;
      lost = false;
    } catch (problem) {
      const final = { 403: "Not saved: it takes no answers now", "signed out": "Not saved: sign in again" }[problem.message];
      saved.textContent = final ?? "Not saved yet, trying again";
      if (!final) {
        lost = true;
        window.setTimeout(soon, 5000, 0);
      }
    }
    running = false;
    if (waiting) save();
  };
  const soon = (delay) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, delay);
  };

  form.addEventListener("change", (event) => {
    if (!event.target.matches("textarea")) soon(0);
  });
  form.addEventListener("input", (event) => {
    if (!event.target.matches("textarea")) return;
    count(event.target);
    soon(1200);
  });
  form.addEventListener("submit", () => {
    window.clearTimeout(timer);
    stamp();
  });
  window.addEventListener("beforeunload", (event) => {
    if (lost) event.preventDefault();
  });

  const count = (area) => {
    const told = area.closest("[data-counted], .question").querySelector("[data-counter]");
    const left = Number(area.dataset.longest) - area.value.trim().length;
    told.textContent = left < 0 ? `${(-left).toLocaleString("en-GB")} characters too many` : `${left.toLocaleString("en-GB")} characters left`;
  };
  form.querySelectorAll("textarea[data-longest]").forEach((area) => area.value && count(area));

  // A ranking's buttons: the page is fetched as without script, and only the question is put in its place.
  form.addEventListener("click", async (event) => {
    const button = event.target.closest("button[name=move]");
    const question = button?.closest("[data-ranking]");
    if (!question) return;
    event.preventDefault();
    window.clearTimeout(timer);
    if (button.getAttribute("aria-disabled") === "true") return;
    stamp();
    const body = new FormData(form);
    body.append(button.name, button.value);
    let page;
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      if (!answer.ok) throw new Error(answer.status);
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      saved.textContent = "Not saved: check your connection and try again";
      return;
    }
    const fresh = page.getElementById(question.id);
    if (!fresh) return;
    if (question.querySelector("details")?.open) fresh.querySelector("details").open = true;
    question.replaceWith(fresh);
    const told = page.querySelector("[data-saved]");
    if (told) saved.textContent = told.textContent;
    const again = document.getElementById(button.id) ?? fresh.querySelector(".lifted button, .unranked button");
    again?.focus();
    status.textContent = fresh.dataset.told ?? "";
  });
})();
