// Keeps what one writes: on the server every second or so, under the form's key, with the sequence that the server counts. Where
// another window or device saved meanwhile, both texts are shown and one chooses. Without a connection it is kept in this browser.
// What is to be posted under a pseudonym is kept nowhere.
(() => {
  const form = document.getElementById("composer");
  if (!form?.composer) return;

  const { area, field, token, changed, make, say } = form.composer;
  const state = document.getElementById("draft-state");
  const tell = (words) => {
    if (words && state.textContent !== words) say(words);
    state.textContent = words;
  };
  const title = () => document.getElementById("id_title");
  const base = /^reply:\d+/.exec(form.dataset.draft)?.[0];
  let key = form.dataset.draft;
  let sequence = Number(field("draft_sequence").value || 0);
  let sent = false;
  let conflict = null;
  let timer = null;
  let running = Promise.resolve();
  let saving = 0;
  let waited = false;

  // Fields of a poll stand outside the form's box and belong to it; a page without them says nothing of a poll.
  const asking = () => [...form.elements].filter((one) => one.name?.startsWith("poll-"));
  const poll = () => Object.fromEntries(asking().filter((one) => one.checked || !/radio|checkbox/.test(one.type)).map((one) => [one.name.slice(5), one.value]));
  const putPoll = (told) => {
    for (const one of asking()) {
      const value = told?.[one.name.slice(5)];
      if (!/radio|checkbox/.test(one.type)) one.value = value ?? "";
      else if (value !== undefined || one.type === "checkbox") one.checked = value === one.value;
      if (value && one.closest("details")) one.closest("details").open = true;
    }
  };
  // What else the form says: the kind, tags and pin of a new topic, that it is kept from one's practice, of a change its reason.
  const aboutNames = ["kind", "tags", "pinned_until", "everywhere", "keep", "note"];
  const telling = () => [...form.elements].filter((one) => aboutNames.includes(one.name));
  const about = () => Object.fromEntries(telling().filter((one) => (one.checked || !/radio|checkbox/.test(one.type)) && one.value
    && !(one.name === "kind" && one.value === "discussion")).map((one) => [one.name, one.value]));
  const putAbout = (told) => {
    for (const one of telling()) {
      const value = told?.[one.name] ?? (one.name === "kind" ? "discussion" : "");
      if (/radio/.test(one.type)) one.checked = one.value === value;
      else if (/checkbox/.test(one.type)) one.checked = Boolean(value);
      else one.value = value;
    }
  };
  const isSameAbout = (one, other) => aboutNames.every((name) => (one?.[name] ?? "") === (other?.[name] ?? ""));
  const inLines = (told) => [
    { question: "A question", announcement: "An announcement" }[told?.kind],
    told?.tags && `Tags: ${told.tags}`,
    told?.pinned_until && `Pinned until ${told.pinned_until}${told.everywhere ? ", on the home page too" : ""}`,
    told?.keep && "Kept from members of my practice",
    told?.note && `What you changed: ${told.note}`,
  ].filter(Boolean).join("\n");
  // How people would vote is no poll by itself, as the server has it.
  const isAsked = (asked) => Boolean(asked?.question?.trim() || asked?.options?.trim());
  const isSamePoll = (one, other) => !isAsked(one) && !isAsked(other)
    || asking().every(({ name }) => (one?.[name.slice(5)] ?? "") === (other?.[name.slice(5)] ?? ""));
  const text = () => ({ title: title()?.value ?? "", body: area.value, poll: poll(), about: about() });
  const isSame = (one, other) => one.title === other.title && one.body === other.body && isSamePoll(one.poll, other.poll) && isSameAbout(one.about, other.about);
  const inFull = (one) => [one.title, one.body, isAsked(one.poll) && `Poll: ${one.poll.question ?? ""}\n${one.poll.options ?? ""}`, inLines(one.about)].filter(Boolean).join("\n\n");
  let kept = text();
  let tried = null;

  const isHushed = () => !key || (field("voice") && field("voice").value !== "own");
  const isDirty = () => !isSame(text(), kept);
  const at = (moment) => new Date(moment ?? Date.now()).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const now = (number) => {
    sequence = number;
    field("draft_sequence").value = number;
  };

  // ——— this browser, for when the server cannot be reached ———
  const place = () => `plenary:draft:${form.dataset.writer}:${key}`;
  const here = (value) => {
    try {
      if (value === undefined) return JSON.parse(localStorage.getItem(place()));
      if (value === null) localStorage.removeItem(place());
      else localStorage.setItem(place(), JSON.stringify(value));
    } catch {
      // storage is full or forbidden: the text still stands in the box, and leaving the page asks
    }
    return null;
  };

  // ——— the server ———
  const send = (values) =>
    fetch(form.dataset.draftUrl, {
      method: "POST",
      body: new URLSearchParams({ draft_key: key, ...values }),
      redirect: "manual",
      keepalive: (values.body ?? "").length < 30_000,
      headers: { "X-CSRFToken": token },
    });

  const store = async () => {
    if (sent || conflict || isHushed() || !isDirty()) return;
    const mine = text();
    const asked = Object.fromEntries(Object.entries(mine.poll).map(([name, value]) => [`poll-${name}`, value]));
    try {
      const answer = await send({ sequence, title: mine.title, body: mine.body, to: field("to")?.value ?? "", ...mine.about, ...asked });
      if (answer.status === 409) {
        const newer = await answer.json();
        // nothing is lost by going on: it was emptied, or it is what we sent ourselves and heard no answer to
        if (!newer.body && !newer.title && !newer.poll && !newer.about?.tags || tried && isSame(newer, tried)) {
          now(newer.sequence);
          tried = null;
          return store();
        }
        here({ ...mine, sequence });
        return ask(newer, `A newer draft was saved in another window or on another device at ${at(newer.saved_at)}.`);
      }
      if (answer.status === 400) {
        tell((await answer.json()).why);
        return;
      }
      if (!answer.ok) throw new TypeError(answer.type === "opaqueredirect" ? "signed out" : `draft answered ${answer.status}`);
      now((await answer.json()).sequence);
      kept = mine;
      tried = null;
      here(null);
      // seen and not said: whoever writes is not interrupted every few seconds
      state.textContent = mine.body || mine.title ? `Draft saved ${at()}` : "";
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      tried = mine;
      here({ ...mine, sequence });
      tell(error.message === "signed out"
        ? "You are signed out: kept in this browser until you sign in again."
        : "No connection: kept in this browser until there is one.");
      timer = setTimeout(save, 5000);
    }
  };
  const save = () => {
    clearTimeout(timer);
    saving += 1;
    running = running.then(store).finally(() => { saving -= 1; });
    return running;
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(save, 1200);
  };

  form.addEventListener("input", later);
  for (const one of [title(), ...asking(), ...telling()]) one?.addEventListener("input", later);
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  addEventListener("online", save);
  // A save that is under way is waited for, or the server would take it for another device's.
  form.addEventListener("submit", (event) => {
    if (saving > 0 && !waited) {
      event.preventDefault();
      clearTimeout(timer);
      const goOn = () => {
        if (sent || conflict) return; // where that save found another text, one chooses first
        waited = true;
        form.requestSubmit(event.submitter);
      };
      Promise.race([running, new Promise((done) => { setTimeout(done, 3000); })]).then(goOn, goOn);
      return;
    }
    sent = true;
    clearTimeout(timer);
    here(null);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) sent = waited = false; });
  addEventListener("beforeunload", (event) => { if (!sent && isDirty() && text().body.trim()) event.preventDefault(); });

  // Under a pseudonym: what was kept so far goes, without a trace.
  form.addEventListener("change", (event) => {
    if (event.target.name !== "voice") return;
    if (!isHushed()) return void save();
    here(null);
    running = running.then(() => send({ forget: 1 })).then(() => now(0)).catch(() => {});
    tell("No draft is kept of what you write under a pseudonym.");
  });

  // ——— two texts ———
  const put = (one) => {
    area.value = one.body; // the cursor goes to the end
    if (title() && one.title) title().value = one.title;
    if ("poll" in one) putPoll(one.poll);
    if ("about" in one) putAbout(one.about);
    changed();
  };

  function ask(other, words) {
    conflict = conflict ?? make("div", { className: "note due conflict" });
    conflict.setAttribute("role", "alert");
    const say = make("p", {}, make("strong", { textContent: words }), " Nothing is lost: choose which one to go on with.");
    const use = make("button", { type: "button", className: "btn second", textContent: "Use that one" });
    const mine = make("button", { type: "button", className: "btn second", textContent: "Keep mine" });
    const shown = make("pre", { className: "diff", tabIndex: 0, textContent: inFull(other) });
    shown.setAttribute("aria-label", "The other text");
    shown.setAttribute("role", "region");
    use.addEventListener("click", () => {
      const before = text();
      now(other.sequence);
      put(other);
      kept = { ...text(), title: title() ? other.title : "", body: other.body };
      offer(before);
    });
    mine.addEventListener("click", () => {
      now(other.sequence);
      done();
      area.focus();
    });
    conflict.replaceChildren(make("div", {}, say, shown, make("div", { className: "row" }, use, mine)));
    form.querySelector(".end").before(conflict);
    state.textContent = "";
  }

  // The text that stood here until now stays within reach until one says otherwise.
  const offer = (before) => {
    const back = make("button", { type: "button", className: "btn second", textContent: "Go back to it" });
    const enough = make("button", { type: "button", className: "btn quiet", textContent: "I do not need it" });
    const shown = make("pre", { className: "diff", tabIndex: 0, textContent: inFull(before) });
    shown.setAttribute("aria-label", "What stood here until now");
    shown.setAttribute("role", "region");
    back.addEventListener("click", () => {
      const other = text();
      put(before);
      offer(other);
    });
    enough.addEventListener("click", () => { done(); area.focus(); });
    conflict.removeAttribute("role"); // its words were read out already, as the other ones
    conflict.replaceChildren(make("div", {}, make("p", { textContent: "What stood here until now:" }), shown, make("div", { className: "row" }, back, enough)));
    area.focus();
  };

  const done = () => {
    conflict?.remove();
    conflict = null;
    save();
  };

  // ——— answering another post: each answer has a draft of its own ———
  const drafted = async (name) => {
    const answer = await fetch(`${form.dataset.draftUrl}?${new URLSearchParams({ draft_key: name })}`, { redirect: "error" });
    if (!answer.ok) throw new TypeError(`draft answered ${answer.status}`);
    return answer.json();
  };
  const named = (number) => (number ? `${base}:${number}` : base);
  const call = (name) => {
    key = form.dataset.draft = field("draft_key").value = name;
  };

  // What stands in the box is kept as the draft of what it answers; the box is for the other answer from now on.
  form.composer.changeTo = async (number) => {
    const name = named(number);
    if (!base || name === key || isHushed() || conflict) return;
    area.readOnly = true;
    try {
      await save();
      if (isDirty()) return; // it could not be kept, so it stays in the box
      const other = await drafted(name);
      const leaves = area.value.trim();
      call(name);
      now(other.sequence);
      area.value = other.body;
      if (other.body) putAbout(other.about); // a tick that keeps it from one's practice is never taken away unasked
      kept = { ...text(), title: "" };
      changed();
      tell(leaves ? "Your other answer is kept among your drafts." : other.body ? "Your draft is back." : "");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    } finally {
      area.readOnly = false;
    }
  };

  // The same words, to somebody else: the draft moves with them.
  form.composer.carryOver = async (number) => {
    const name = named(number);
    if (!base || name === key || isHushed() || conflict) return;
    try {
      await save();
      const [other, old, left] = [await drafted(name), key, sequence];
      if (area.value.trim() && !isDirty()) await send({ draft_key: old, sequence: left, body: "" });
      call(name);
      kept = { title: "", body: "", poll: {} };
      if (other.body && area.value.trim() && other.body !== area.value) ask(other, "You had begun another text there.");
      else {
        now(other.sequence);
        if (!area.value.trim() && other.body) put(other);
        save();
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  };

  // ——— what this browser kept while there was no connection ———
  const stranded = key ? here() : null;
  if (stranded && !isHushed() && stranded.body && stranded.body !== area.value) {
    if (stranded.sequence === sequence || !area.value.trim()) {
      put(stranded);
      tell("What you wrote without a connection is back.");
    } else {
      const server = text();
      kept = { title: "", body: "", poll: {} };
      put(stranded);
      ask({ ...server, sequence, saved_at: null }, "Another draft was saved since you wrote this without a connection.");
    }
  } else if (stranded) here(null);
})();
