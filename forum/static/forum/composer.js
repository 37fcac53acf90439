// The box one writes in: counts near the limit, shows the preview and keeps it in step, posts by keyboard, says what arrived meanwhile,
// and answers a post in place. Without script the same buttons and links lead to pages that do it. What the other scripts of the
// composer need hangs on the form: `form.composer`.
(() => {
  const form = document.getElementById("composer");
  if (!form) return;

  const area = form.querySelector("textarea");
  const left = document.getElementById("count-left");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const field = (name) => form.elements.namedItem(name);

  const changed = () => area.dispatchEvent(new Event("input", { bubbles: true }));

  // Through the browser's own editing, so that undo takes it back.
  const insert = (text, from = area.selectionStart, to = area.selectionEnd) => {
    area.focus();
    area.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, text)) {
      area.setRangeText(text, from, to, "end");
      changed();
    }
  };

  const make = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const say = (words) => document.dispatchEvent(new CustomEvent("plenary:say", { detail: words }));

  form.composer = { area, field, token, insert, changed, make, say };

  // ——— toolbar: drawn here, because without script its buttons would do nothing ———
  const TOOLS = [
    ["md-bold", "bold", "Bold", "b", "Ctrl+B"], ["md-italic", "italic", "Italic", "i", "Ctrl+I"], ["md-header", "heading", "Heading"],
    ["md-link", "link", "Link", "k", "Ctrl+K"], ["md-quote", "quote", "Quotation", "shift Period", "Ctrl+Shift+."],
    ["md-unordered-list", "list", "List", "shift Digit8", "Ctrl+Shift+8"],
    ["md-ordered-list", "numbers", "Numbered list", "shift Digit7", "Ctrl+Shift+7"], ["md-code", "code", "Code", "e", "Ctrl+E"],
  ];
  const toolbar = make("markdown-toolbar");
  toolbar.setAttribute("for", area.id);
  toolbar.setAttribute("aria-label", "Formatting");
  const draw = (name, icon, words, keys = "", told = "") => {
    const made = make(name, { title: told ? `${words} (${told})` : words });
    made.innerHTML = `<svg class="i" aria-hidden="true"><use href="${form.dataset.icons}#i-${icon}"/></svg>`;
    made.append(make("span", { className: "sr", textContent: words }));
    if (name === "md-header") made.setAttribute("level", "3");
    if (keys) made.dataset.keys = keys;
    if (name === "button") {
      made.type = "button";
      made.name = "tool"; // the form's one nameless button is the one that posts
      made.dataset.mdButton = icon; // the toolbar's arrow keys know it by this
    }
    toolbar.append(made);
    return made;
  };
  for (const tool of TOOLS) draw(...tool);
  form.querySelector(".bar").append(toolbar);
  form.composer.tool = (icon, words) => draw("button", icon, words);
  const TABLE = "| One | Two |\n|---|---|\n| a | b |\n| c | d |\n";
  draw("button", "table", "Table").addEventListener("click", () => {
    const before = area.value.slice(0, area.selectionStart);
    insert((!before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n") + TABLE);
  });

  // ——— limits ———
  const count = () => {
    const free = Number(area.dataset.most) - area.value.length;
    left.textContent = free < 0 ? `, ${(-free).toLocaleString("en-GB")} too many` : free < 2000 ? `, ${free.toLocaleString("en-GB")} left` : "";
  };
  form.addEventListener("input", count);
  count();

  const short = (free) => (free < 0 ? ` ${-free} too many.` : free < 40 ? ` ${free} left.` : "");
  const lines = (input) => {
    const told = input.value.split("\n").map((line) => line.trim()).filter(Boolean);
    const free = Number(input.dataset.mostLines) - told.length;
    if (free < 0) return ` ${-free} too many.`;
    const long = told.findIndex((line) => line.length > Number(input.dataset.most));
    return long < 0 ? (free < 3 ? ` ${free} more can be added.` : "") : ` Option ${long + 1} is ${told[long].length - Number(input.dataset.most)} characters too long.`;
  };
  for (const input of document.querySelectorAll("[data-most][form=composer]")) {
    const room = make("span");
    document.getElementById(`${input.id}_helptext`)?.append(room);
    const measure = () => { room.textContent = input.dataset.mostLines ? lines(input) : short(Number(input.dataset.most) - input.value.trim().length); };
    input.addEventListener("input", measure);
    measure();
  }

  // ——— preview ———
  const button = form.querySelector(".end [name=preview][value='1']"); // not “With a poll”, which leads to a page
  const section = () => document.getElementById("preview");
  let soon = null;
  let asking = null;

  const show = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(form.dataset.previewUrl, { method: "POST", body: new FormData(form), signal: asking.signal, redirect: "error" });
      if (!answer.ok) throw new TypeError(`preview answered ${answer.status}`);
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text(); // from our own address, cleaned as for a post
      section().replaceWith(holder.content);
    } catch (error) {
      if (error.name === "AbortError") return;
      const words = make("p", { className: "soft", textContent: "No preview: no connection. It comes back as you go on writing." });
      section().replaceChildren(words);
      section().hidden = false;
    }
  };

  const isShown = () => button.getAttribute("aria-pressed") === "true";
  const toggle = () => {
    button.setAttribute("aria-pressed", String(!isShown()));
    if (isShown()) show();
    else section().hidden = true;
  };
  button.setAttribute("aria-pressed", String(!section().hidden));
  button.addEventListener("click", (event) => {
    event.preventDefault();
    toggle();
  });
  form.addEventListener("input", () => {
    clearTimeout(soon);
    if (isShown()) soon = setTimeout(show, 600);
  });

  // ——— keys ———
  const post = form.querySelector(".end [type=submit]:not([name])");
  form.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    if (event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit(post);
    } else if (event.shiftKey && event.key.toLowerCase() === "p") {
      event.preventDefault();
      toggle();
    } else if (event.target === area) {
      const keys = event.shiftKey ? `shift ${event.code}` : event.key.toLowerCase();
      const tool = event.altKey ? null : toolbar.querySelector(`[data-keys="${CSS.escape(keys)}"]`);
      if (!tool) return;
      event.preventDefault();
      tool.click();
    }
  });

  // ——— what arrives meanwhile ———
  const arrived = [];
  let note = null;

  const tell = () => {
    const words = arrived.length === 1 ? "1 reply arrived while you were writing." : `${arrived.length} replies arrived while you were writing.`;
    if (!note) {
      const open = make("button", { type: "button", className: "btn quiet", textContent: "Show" });
      note = make("div", { className: "meanwhile", hidden: false }, make("p", { className: "row sm" }, make("span"), open), make("ol", { className: "list" }));
      open.addEventListener("click", reveal);
      form.querySelector(".bar").after(note);
    }
    if (note.querySelector("span").textContent !== words) form.composer.say(words);
    note.querySelector("span").textContent = words;
    note.querySelector("button").hidden = !arrived.some((one) => !one.shown);
  };

  const reveal = async () => {
    for (const one of arrived.filter((each) => !each.shown)) {
      const answer = await fetch(form.dataset.part.replace("/posts/0/", `/posts/${one.number}/`)).catch(() => null);
      if (!answer?.ok) continue; // no longer on show, or no connection
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text(); // from our own address, cleaned at write
      const name = holder.content.querySelector(".who b")?.textContent ?? "";
      const prose = holder.content.querySelector(".prose");
      one.shown = true;
      if (!prose) continue;
      note.querySelector("ol").append(make("li", {}, make("p", { className: "meta", textContent: `${name}, #${one.number}` }), prose));
      if (field("seen")?.value) field("seen").value = Math.max(Number(field("seen").value), one.number);
    }
    tell();
  };

  // Of others, and not of somebody whom the reader blocked: the page of the topic tells (topic.js); on a page of its own the
  // composer asks for what stands behind the last one it knows, with or without a socket.
  const heard = ({ number, is }) => {
    if (is !== "new" || !area.value.trim() || arrived.some((one) => one.number === number)) return;
    arrived.push({ number, shown: false });
    arrived.sort((one, other) => one.number - other.number);
    tell();
  };
  const look = async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      const answer = await fetch(`${form.dataset.part.replace("/posts/0/", `/posts/${known + 1}/`)}?next`).catch(() => null);
      const number = answer?.ok ? Number(/data-number="(\d+)"/.exec(await answer.text())?.[1] ?? 0) : 0;
      if (number <= known) return;
      known = number;
      heard({ number, is: answer.headers.get("X-Post-Is") });
    }
  };
  let known = Number(field("seen")?.value || 0);
  let looking = Promise.resolve();
  document.addEventListener("plenary:arrived", ({ detail }) => {
    if (detail.topic === Number(form.dataset.topic)) heard(detail);
  });
  if (known && form.dataset.part && !document.getElementById("topic")) {
    const ask = () => { looking = looking.then(look); };
    document.addEventListener("plenary:live", ({ detail }) => {
      if (detail.topic === Number(form.dataset.topic)) ask();
    });
    document.addEventListener("plenary:poll", ask);
  }

  // ——— answering in place ———
  const answering = document.getElementById("answering");
  const aim = (number) => {
    if (!field("to") || !answering) return false;
    field("to").value = number;
    answering.hidden = !number;
    if (number) {
      const name = document.getElementById(`w${number}`)?.textContent.trim() ?? "";
      answering.querySelector("span").textContent = name ? `Answering ${name}, #${number}.` : `Answering #${number}.`;
    }
    return true;
  };
  form.composer.aim = aim;
  if (field("to")?.value) aim(field("to").value);
  answering?.querySelector("button").addEventListener("click", async () => {
    await form.composer.carryOver?.("");
    aim("");
    area.focus();
  });

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a.do-reply");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !answering) return;
    event.preventDefault();
    const { number } = link.closest("[data-number]").dataset;
    await form.composer.changeTo?.(number);
    aim(number);
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    form.scrollIntoView({ block: "center" });
  });
})();
