// The bell opens a tray with what is unread, fetched when it opens and again when something changes. Without this script the bell
// is a link to the list of notices; so it stays for whoever opens it in another tab.
(() => {
  const bell = document.querySelector("a[data-tray]");
  const tray = document.getElementById("tray");
  if (!bell || !tray) return;
  bell.setAttribute("aria-expanded", "false");
  bell.setAttribute("aria-controls", "tray");

  const isOpen = () => !tray.hidden;
  const fetchIt = () => htmx.ajax("GET", bell.dataset.tray, { target: "#tray", swap: "innerHTML" });

  const show = async () => {
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
    tray.hidden = false;
    bell.setAttribute("aria-expanded", "true");
    await fetchIt();
    tray.focus();
  };

  const close = (back) => {
    if (!isOpen()) return;
    tray.hidden = true;
    bell.setAttribute("aria-expanded", "false");
    if (back) bell.focus();
  };

  bell.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    if (isOpen()) close(true);
    else show();
  });
  document.addEventListener("click", (event) => {
    if (event.target.isConnected && !tray.contains(event.target) && !bell.contains(event.target)) close(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(true);
  });
  tray.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !tray.contains(event.relatedTarget) && event.relatedTarget !== bell) close(false);
  });
  document.addEventListener("plenary:tray", async () => {
    if (!isOpen()) return;
    await fetchIt();
    // the button that was pressed is gone; what it led to is read out with the tray
    if (document.getElementById("tray-told")) tray.setAttribute("aria-describedby", "tray-told");
    else tray.removeAttribute("aria-describedby");
    tray.focus();
  });
  document.addEventListener("plenary:live", (event) => {
    if (isOpen() && typeof event.detail.notices === "number" && !tray.contains(document.activeElement)) fetchIt();
  });
})();
