// Writing a draft without leaving its page: forms open in place, moves keep the focus, questions are dragged. Every
// step is the same request as without script, and the page that comes back is shown in its place.
(() => {
  const sections = (page) => [...page.querySelectorAll("[data-builder]")];
  if (!sections(document).length) return;
  const say = (text) => {
    document.getElementById("builder-status").textContent = text;
  };
  const parse = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

  const show = (page, focus) => {
    const fresh = sections(page);
    if (!fresh.length) return false;
    for (const each of fresh) document.getElementById(each.id)?.replaceWith(each);
    const rail = document.querySelector(".rail");
    const other = page.querySelector(".rail");
    if (rail && other) rail.replaceWith(other);
    for (const id of focus) {
      const found = id && document.getElementById(id);
      if (!found) continue;
      found.focus();
      found.scrollIntoView({ block: "nearest" });
      break;
    }
    return true;
  };

  // What is typed in an open form is not swept away by another step: it is saved or left first.
  const unsaved = () => {
    const box = document.querySelector(".inlined[data-typed]");
    if (!box) return false;
    const told = "Save this, or leave it as it is, before you go on.";
    const line = box.querySelector("[data-told]") ?? box.appendChild(Object.assign(document.createElement("p"), { className: "soft" }));
    line.dataset.told = "";
    line.textContent = told;
    say(told);
    box.querySelector("[type=submit]").focus();
    box.scrollIntoView({ block: "nearest" });
    return true;
  };

  const send = async (url, body, focus, told) => {
    if (unsaved()) return;
    try {
      const answer = await fetch(url, { method: "POST", body });
      const page = await parse(answer);
      if (!answer.ok || !show(page, [...focus, new URL(answer.url).hash.slice(1)])) throw new Error("no such page");
      say(told);
    } catch {
      say("It could not be saved. Check your connection and try again.");
    }
  };

  // A form of its own page, opened where its link stands.
  const open = async (link) => {
    if (unsaved()) return;
    let page;
    try {
      page = await parse(await fetch(link.href));
    } catch {
      window.location.assign(link.href);
      return;
    }
    const form = page.querySelector("main form[method=post]");
    if (!form) {
      window.location.assign(link.href);
      return;
    }
    document.querySelector(".inlined")?.remove();
    const box = document.createElement("div");
    box.className = "inlined";
    const put = (drawn) => {
      const fresh = drawn.querySelector("main form[method=post]");
      const summary = drawn.querySelector("main .errors");
      const close = Object.assign(document.createElement("button"), { type: "button", className: "btn quiet", textContent: "Leave it as it is" });
      close.addEventListener("click", () => {
        box.remove();
        link.focus();
      });
      fresh.querySelector(".row:last-of-type a.tap")?.remove();
      fresh.querySelector("[type=submit]").after(close);
      fresh.action = link.href;
      box.replaceChildren(...[summary, fresh].filter(Boolean));
      // What is folded away cannot take the focus: of a question that is its type.
      const fields = [...fresh.querySelectorAll("input:not([type=hidden]), textarea, select")].filter((each) => each.checkVisibility());
      (summary ?? fields[0])?.focus();
    };
    link.closest(".tools, p, h2").after(box);
    put(page);
    box.addEventListener("input", () => {
      box.dataset.typed = "";
    });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      box.remove();
      link.focus();
    });
    box.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        const answer = await fetch(link.href, { method: "POST", body: new FormData(event.target) });
        const after = await parse(answer);
        if (show(after, [new URL(answer.url).hash.slice(1), link.id])) say("Saved.");
        else put(after);
      } catch {
        say("It could not be saved. Check your connection and try again.");
      }
    });
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-builder] a[data-inline]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-builder] .tools form")) return;
    event.preventDefault();
    const button = event.submitter;
    const twin = button.id.startsWith("up-") ? button.id.replace("up-", "down-") : button.id.replace("down-", "up-");
    const copies = button.id.startsWith("copy-");
    send(event.target.action, new FormData(event.target), copies ? [] : [button.id, twin], copies ? "Duplicated." : "Moved.");
  });

  // Dragged (dragging.js): a question onto any page, all else among its like.
  document.addEventListener("plenary:dropped", (event) => {
    const item = event.target;
    if (!item.closest("[data-builder]")) return;
    const { list, before } = event.detail;
    const others = [...list.querySelectorAll(`[data-drag="${item.dataset.drag}"]`)].filter((each) => each !== item);
    const body = new FormData();
    body.append("csrfmiddlewaretoken", document.querySelector("[data-builder] [name=csrfmiddlewaretoken]")?.value ?? "");
    if (item.dataset.drag === "question") body.append("page", list.closest("[data-page]").dataset.page);
    body.append("position", before ? others.indexOf(before) + 1 : others.length + 1);
    send(item.dataset.place, body, [item.id], "Moved.");
  });
})();
