// Writing a questionnaire without leaving its page: forms open in place, moves keep the focus, questions are dragged. Every
// step is the same request as without script, and the page that comes back is shown in its place.
(() => {
  const section = () => document.querySelector("[data-builder]");
  if (!section()) return;
  const say = (text) => {
    document.getElementById("builder-status").textContent = text;
  };
  const parse = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

  const show = (page, focus) => {
    const fresh = page.querySelector("[data-builder]");
    if (!fresh) return false;
    section().replaceWith(fresh);
    const rail = document.querySelector(".rail");
    const other = page.querySelector(".rail");
    if (rail && other) rail.replaceWith(other);
    ready();
    for (const id of focus) {
      const found = id && document.getElementById(id);
      if (!found) continue;
      found.focus();
      found.scrollIntoView({ block: "nearest" });
      break;
    }
    return true;
  };

  const send = async (url, body, focus, told) => {
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
    const put = (fresh) => {
      const close = Object.assign(document.createElement("button"), { type: "button", className: "btn quiet", textContent: "Leave it as it is" });
      close.addEventListener("click", () => {
        box.remove();
        link.focus();
      });
      fresh.querySelector(".row:last-of-type a.tap")?.remove();
      fresh.querySelector("[type=submit]").after(close);
      fresh.action = link.href;
      box.replaceChildren(fresh);
      (fresh.querySelector("[aria-invalid=true]") ?? fresh.querySelector("input:not([type=hidden]), textarea, select"))?.focus();
    };
    link.closest(".tools, p, h2").after(box);
    put(form);
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
        else put(after.querySelector("main form[method=post]"));
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

  // Dragging, for whoever has a mouse; the buttons do the same.
  let carried = null;
  const token = () => document.querySelector("[data-builder] [name=csrfmiddlewaretoken]")?.value ?? "";
  const ready = () => {
    const here = section();
    here.dataset.draggable = "";
    here.querySelectorAll(".grip").forEach((grip) => {
      grip.draggable = true;
      grip.addEventListener("dragstart", (event) => {
        carried = grip.closest("[data-question]");
        carried.classList.add("carried");
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", carried.id);
        event.dataTransfer.setDragImage(carried, 0, 0);
      });
      grip.addEventListener("dragend", () => {
        document.querySelectorAll(".carried, .under").forEach((each) => each.classList.remove("carried", "under"));
        carried = null;
      });
    });
  };
  document.addEventListener("dragover", (event) => {
    const page = carried && event.target.closest("[data-builder] [data-page]");
    if (!page) return;
    event.preventDefault();
    document.querySelectorAll(".under").forEach((each) => each.classList.remove("under"));
    event.target.closest("[data-question]")?.classList.add("under");
  });
  document.addEventListener("drop", (event) => {
    const page = carried && event.target.closest("[data-builder] [data-page]");
    if (!page) return;
    event.preventDefault();
    const others = [...page.querySelectorAll("[data-question]")].filter((each) => each !== carried);
    const before = event.target.closest("[data-question]");
    const index = before === carried ? -1 : others.indexOf(before);
    if (before === carried) return;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", token());
    body.append("page", page.dataset.page);
    body.append("position", index < 0 ? others.length + 1 : index + 1);
    send(carried.dataset.place, body, [carried.id], "Moved.");
  });
  ready();
})();
