// What an act led to is said at the top of the page it leads to. Where that page opens further down, the words come along and float
// until they are closed. A region only says what arrives in it, so they are put in once more for whoever hears the page.
(() => {
  const told = document.getElementById("messages");
  if (!told?.firstElementChild) return;

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

  addEventListener("load", () => setTimeout(() => {
    told.replaceChildren(...told.childNodes);
    if (told.getBoundingClientRect().bottom < 64) float();
  }, 100));
})();
