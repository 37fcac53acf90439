// Keeps answers as they are given, counts characters, and lets a ranking move without leaving the page. Without it every
// button still works: each is a submit button, and Back and Continue keep what is on the page. In an organiser's preview all of
// it moves and counts, and nothing is kept, neither here nor on the server.
(() => {
  // What was typed and is not known to be kept lies in this tab's sessionStorage, under the page's address: it outlives a lost
  // session, a closed lid and a reload, and is gone with the tab.
  const place = (path) => `answer:${path}`;
  const FORM = "form[data-autosave], form[data-preview]";
  const form = document.querySelector(FORM);
  const isPreview = form && "preview" in form.dataset;
  const here = form && place(new URL(form.action).pathname);
  const store = {
    read: () => {
      try {
        return JSON.parse(sessionStorage.getItem(here));
      } catch {
        return null;
      }
    },
    write: (entry) => {
      try {
        sessionStorage.setItem(here, JSON.stringify(entry));
      } catch {
        // A full or forbidden store: the page works as it would without.
      }
    },
    drop: (key) => {
      try {
        sessionStorage.removeItem(key);
      } catch {
        // As above.
      }
    },
    // What the server says it kept may go, and nothing else: it names the sending, whichever page came up after it.
    settle: () => {
      const kept = document.cookie.split("; ").find((each) => each.startsWith("plenary_answers_kept="));
      if (!kept) return;
      try {
        for (const key of Object.keys(sessionStorage)) {
          if (key.startsWith("answer:") && kept.endsWith(`=${JSON.parse(sessionStorage.getItem(key)).stamp}`)) sessionStorage.removeItem(key);
        }
      } catch {
        // As above.
      }
    },
  };
  store.settle();
  if (!form) return;
  const saved = document.querySelector("[data-saved]");
  const say = (words) => {
    saved.textContent = words;
    saved.parentElement.classList.toggle("unsaved", words.startsWith("Not saved"));
  };
  const status = document.getElementById("answering-status");
  const changed = document.getElementById("answering-changed");
  const differs = document.getElementById("answering-differs");
  const ours = (name) => !["csrfmiddlewaretoken", "version", "writer", "sequence", "asked", "then"].includes(name) && !name.startsWith("held-");
  const fields = () => [...new FormData(form)].filter(([name, value]) => ours(name) && typeof value === "string");

  const count = (area) => {
    const told = area.closest("[data-counted], .question").querySelector("[data-counter]");
    if (!told) return;
    const left = Number(area.dataset.longest) - area.value.trim().length;
    told.textContent = left < 0 ? `${(-left).toLocaleString("en-GB")} characters too many` : `${left.toLocaleString("en-GB")} characters left`;
  };

  if (!isPreview) form.elements.writer.value = Math.random().toString(16).slice(2) + Date.now().toString(16);
  let running = false;
  let waiting = false;
  let timer = 0;
  let dirty = false;
  let stopped = false;
  let failures = 0;
  let moves = 0;
  let moved = Promise.resolve(true);

  const stamp = () => {
    if (isPreview) return;
    form.elements.sequence.value = Number(form.elements.sequence.value) + 1;
  };
  const touched = () => {
    if (isPreview) return;
    dirty = true;
    store.write({ who: form.dataset.who, fields: fields() });
  };
  const know = (held) => {
    for (const [name, mark] of Object.entries(held ?? {})) if (form.elements[name]) form.elements[name].value = mark;
  };

  // What was answered brought questions to this page or took some off it: those that stay are left as they are, with whatever is
  // being typed in them.
  const follow = async () => {
    const answer = await fetch(form.action);
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(FORM);
    const key = (question) => question.id || question.querySelector("[name^=q-]")?.name;
    const before = new Map([...form.querySelectorAll(".question")].map((question) => [key(question), question]));
    let last = null;
    let more = 0;
    for (const question of fresh.querySelectorAll(".question")) {
      const kept = before.get(key(question));
      before.delete(key(question));
      if (!kept) {
        more += 1;
        if (last) last.after(question);
        else form.querySelector(".question").before(question);
      }
      last = kept ?? question;
    }
    before.forEach((question) => question.contains(document.activeElement) || question.remove());
    const known = form.elements.asked.value.split(" ");
    for (const mark of fresh.querySelectorAll("input[name^=held-]")) {
      if (known.includes(mark.name.replace("held-", ""))) continue;
      form.elements[mark.name]?.remove();
      form.elements.asked.after(mark);
    }
    form.elements.asked.value = fresh.elements.asked.value;
    if (more) status.textContent = more === 1 ? "One more question follows from your answer." : `${more} more questions follow from your answer.`;
    else if (before.size) status.textContent = "A question is not asked any more because of your answer.";
    const [at, bar] = [page.querySelector(".answerbar .prog"), document.querySelector(".answerbar .prog")];
    if (at && bar) bar.replaceWith(at);
  };

  // The form's token is that of the session: who signs in anew in another tab has another one. "closed" where there is no form to
  // take it from.
  let renewals = 0;
  const renew = async () => {
    if (renewals > 2) return "stale";
    renewals += 1;
    const answer = await fetch(form.action);
    if (answer.redirected) return "signed out";
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(FORM);
    if (!fresh) return "closed";
    if (fresh.dataset.who !== form.dataset.who) return "somebody else";
    form.elements.csrfmiddlewaretoken.value = fresh.elements.csrfmiddlewaretoken.value;
    return "renewed";
  };
  const FINAL = {
    closed: "Not saved: it takes no answers now",
    stale: "Not saved: load this page again. What you wrote stays here.",
    "signed out": "Not saved: sign in again. What you wrote stays here.",
    "somebody else": "Not saved: somebody else has signed in here.",
    gone: "Not saved: this page is not there any more. Copy what you wrote and go back to the consultation.",
    "too much": "Not saved: it is too long to be sent. Shorten it.",
  };

  // One request at a time: an older one can then never arrive after a newer one.
  const save = async () => {
    if (stopped) return;
    if (moves) {
      soon(300);
      return;
    }
    if (running) {
      waiting = true;
      return;
    }
    running = true;
    waiting = false;
    stamp();
    dirty = false;
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form) });
      if (answer.status === 409) {
        differs.hidden = false;
        say("Not saved: changed elsewhere");
        stopped = true;
        dirty = true;
        running = false;
        return;
      }
      if (answer.redirected) throw new Error("signed out");
      if (answer.status === 403) throw new Error(answer.headers.get("content-type")?.includes("json") ? "closed" : await renew());
      if (!answer.ok) throw new Error({ 404: "gone", 410: "gone", 413: "too much" }[answer.status] ?? answer.status);
      const told = await answer.json();
      renewals = 0;
      know(told.held);
      say(`Saved ${told.saved}`);
      failures = 0;
      if (!dirty) store.drop(here);
      if (told.changed) changed.hidden = false;
      if (told.asks && told.asks !== form.elements.asked.value) await follow();
    } catch (problem) {
      dirty = true;
      const final = FINAL[problem.message];
      say(final ?? "Not saved yet, trying again");
      if (!final) {
        failures += 1;
        soon(problem.message === "renewed" ? 0 : Math.min(60, 2 ** failures) * 1000);
      }
    }
    running = false;
    if (waiting) save();
  };
  const soon = (delay) => {
    window.clearTimeout(timer);
    if (isPreview) return;
    timer = window.setTimeout(save, delay);
  };

  form.addEventListener("change", (event) => {
    touched();
    if (!event.target.matches("textarea")) soon(0);
  });
  form.addEventListener("input", (event) => {
    touched();
    if (event.target.matches("textarea[data-longest]")) count(event.target);
    if (event.target.matches("textarea, input[type=text], input[type=number], input[type=email]")) soon(1200);
  });
  let leaving = false;
  form.addEventListener("submit", (event) => {
    window.clearTimeout(timer);
    if (moves) {
      event.preventDefault();
      moved.then((isKept) => isKept && form.requestSubmit(event.submitter));
      return;
    }
    if (isPreview) return;
    leaving = true;
    stamp();
    store.write({ who: form.dataset.who, fields: fields(), stamp: `${form.elements.writer.value}.${form.elements.sequence.value}` });
  });
  window.addEventListener("online", () => dirty && soon(0));
  window.addEventListener("beforeunload", (event) => {
    if (dirty && !leaving) event.preventDefault();
  });
  document.querySelector("[data-let-go]")?.addEventListener("click", () => {
    dirty = false;
    leaving = true;
    store.drop(here);
  });

  // Back on the page after the session was lost on the way: put what was typed where it stood, and keep it.
  const put = (entry) => {
    const byName = Map.groupBy ? Map.groupBy(entry.fields, ([name]) => name) : new Map();
    if (!Map.groupBy) entry.fields.forEach((each) => byName.set(each[0], [...(byName.get(each[0]) ?? []), each]));
    for (const control of form.elements) {
      if (!control.name || !ours(control.name) || control.type === "submit") continue;
      const values = (byName.get(control.name) ?? []).map(([, value]) => value);
      if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
      else if (control.type !== "file") control.value = values.shift() ?? "";
    }
  };
  const entry = store.read();
  // Somebody else may have signed in since: what one person typed is never put before another.
  if (entry && ("wasSent" in form.dataset || entry.who !== form.dataset.who)) store.drop(here);
  else if (entry) {
    const before = JSON.stringify(fields());
    put(entry);
    if (JSON.stringify(fields()) === before) store.drop(here);
    else {
      status.textContent = "What you had written here is back.";
      touched();
      soon(0);
    }
  }
  // The form had gone stale when it was sent: what stands here is typed and kept nowhere yet.
  if ("stale" in form.dataset) {
    touched();
    soon(0);
  }
  form.querySelectorAll("textarea[data-longest]").forEach((area) => area.value && count(area));

  // An answer taken back: what is in its row, or in the whole question, is emptied and saved.
  form.addEventListener("click", (event) => {
    const button = event.target.closest(".clear button");
    if (!button) return;
    event.preventDefault();
    const row = button.closest(".stance, .question");
    const given = [...row.querySelectorAll("input[type=radio], input[type=text], textarea")];
    for (const each of given) {
      if (each.type === "radio") each.checked = false;
      else each.value = "";
      each.dispatchEvent(new Event("input", { bubbles: true }));
    }
    given[0].focus();
    status.textContent = "Your answer is cleared.";
    given[0].dispatchEvent(new Event("change", { bubbles: true }));
  });

  // A ranking's buttons: the page is fetched as without script, and only the question is put in its place. One after the other,
  // each on what the one before it left; saving and Continue wait for the last, or they would send the order as it was.
  const move = async ({ id, value, from, dropped }) => {
    const question = document.getElementById(from);
    if (!question || stopped) return false;
    if (dropped) number(question, dropped);
    stamp();
    const body = new FormData(form);
    body.append("move", value);
    let page;
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      if (answer.status === 403) {
        say(FINAL[await renew()] ?? "Not saved: try again");
        return false;
      }
      if (!answer.ok) throw new Error(answer.status);
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      say("Not saved: check your connection and try again");
      return false;
    }
    if (page.querySelector("[data-let-go]")) {
      differs.hidden = false;
      say("Not saved: changed elsewhere");
      stopped = true;
      dirty = true;
      return false;
    }
    const fresh = page.getElementById(from);
    if (!fresh) return true;
    if (question.querySelector("details")?.open) fresh.querySelector("details").open = true;
    const isHere = question.contains(document.activeElement) || document.activeElement === document.body;
    question.replaceWith(fresh);
    page.querySelectorAll("input[name^=held-]").forEach((each) => know({ [each.name]: each.value }));
    dirty = false;
    store.drop(here);
    const told = page.querySelector("[data-saved]");
    if (told) say(told.textContent);
    if (isHere) (document.getElementById(id) ?? fresh.querySelector(".lifted button, .unranked button"))?.focus();
    status.textContent = fresh.dataset.told ?? "";
    return true;
  };
  const inTurn = (change) => {
    moves += 1;
    moved = moved.then(() => move(change)).finally(() => (moves -= 1));
  };
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=move]");
    const question = button?.closest("[data-ranking]");
    if (!question) return;
    event.preventDefault();
    window.clearTimeout(timer);
    if (button.getAttribute("aria-disabled") === "true") return;
    inTurn({ id: button.id, value: button.value, from: question.id });
  });

  // Dragged (dragging.js): the order that results is put into the numbers, as one would choose them, and those are sent. Who was
  // level stays level; what is dropped stands alone.
  const number = (question, { key, before, isRanked }) => {
    const groups = [];
    for (const item of question.querySelectorAll(".rank [data-drag]")) {
      if (item.classList.contains("tied")) groups.at(-1).push(item.dataset.choice);
      else groups.push([item.dataset.choice]);
    }
    const ahead = before && groups.find((group) => group.includes(before) && group.some((each) => each !== key));
    const rest = groups.map((group) => group.filter((each) => each !== key));
    if (isRanked) rest.splice(ahead ? groups.indexOf(ahead) : rest.length, 0, [key]);
    const order = rest.filter((group) => group.length);
    for (const select of question.querySelectorAll("select")) {
      const choice = select.name.slice(select.name.lastIndexOf(":") + 1);
      select.value = order.findIndex((group) => group.includes(choice)) + 1 || "";
    }
  };
  form.addEventListener("plenary:dropped", (event) => {
    const question = event.target.closest("[data-ranking]");
    if (!question) return;
    window.clearTimeout(timer);
    const key = event.target.dataset.choice;
    const { list, before } = event.detail;
    const dropped = { key, before: before?.dataset.choice, isRanked: list.matches(".rank") };
    const value = `${question.dataset.key}:numbers:${key}`;
    inTurn({ id: `${question.id}:${key}:up`, value, from: question.id, dropped });
  });
})();
