// What an act led to is said at the top of the page it leads to. Where that page opens further down, the words come along and float
// until they are closed. A region only says what arrives in it, so they are put in once more for whoever hears the page.
//
// It is the one region of a page that speaks (role="status"). A script that has something to tell whoever hears the page sends
// `plenary:say` with the words; a part that htmx brings carries them in data-say, and says them once.
(() => {
  const told = document.getElementById("messages");
  if (!told) return;

  let last = "";
  const say = (words) => {
    const line = document.createElement("p");
    line.className = "sr";
    line.textContent = last = words;
    told.querySelector(":scope > .sr")?.remove();
    told.append(line);
  };
  document.addEventListener("plenary:say", (event) => say(event.detail));
  document.addEventListener("htmx:afterSettle", ({ detail: { elt } }) => {
    const words = (elt?.matches?.("[data-say]") ? elt : elt?.querySelector?.("[data-say]"))?.dataset.say;
    if (words && words !== last) say(words);
  });

  const float = () => {
    const toast = document.createElement("div");
    const words = document.createElement("span");
    const close = document.createElement("button");
    words.textContent = [...told.children].map((one) => one.textContent.trim()).join(" ");
    Object.assign(close, { type: "button", className: "btn quiet", textContent: "Close" });
    toast.className = "toast";
    toast.append(words, close);
    const place = document.createElement("div");
    place.className = "toasts";
    place.append(toast);
    close.addEventListener("click", () => place.remove());
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") place.remove(); });
    document.getElementById("main").append(place);
  };

  const show = (...children) => {
    document.querySelector(".toasts")?.remove();
    told.replaceChildren(...children);
    if (told.getBoundingClientRect().bottom < 64) float();
  };

  // What a button of a part led to and the page cannot show: the refusal is a whole page, of which its sentence is told.
  const refuse = (words) => {
    const note = document.createElement("div");
    const line = document.createElement("p");
    note.className = "note bad";
    line.textContent = words;
    note.append(line);
    show(note);
  };
  document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    refuse(page.querySelector(".lede")?.textContent.trim() || "That did not work. Load the page again.");
  });
  document.addEventListener("htmx:sendError", () => refuse("That did not go through: there is no connection. Try again."));

  if (told.firstElementChild) addEventListener("load", () => setTimeout(() => show(...told.childNodes), 100));
})();
