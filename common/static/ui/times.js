// Makes times the reader's own. The server writes London's; where the reader's clock agrees, the words come out the same.
(() => {
  const part = (options) => new Intl.DateTimeFormat("en-GB", options);
  const clock = part({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = part({ day: "numeric", month: "short" });
  const dayAndYear = part({ day: "numeric", month: "short", year: "numeric" });
  const london = part({ dateStyle: "full", timeStyle: "short", timeZone: "Europe/London" });

  const daysAgo = (then, now) => {
    const midnight = (moment) => Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate());
    return Math.round((midnight(now) - midnight(then)) / 86_400_000);
  };

  const words = (then, now, within) => {
    const ago = daysAgo(then, now);
    const date = then.getFullYear() === now.getFullYear() ? day : dayAndYear;
    const name = ago === 0 ? "Today" : ago === 1 ? "Yesterday" : date.format(then).replace("Sept", "Sep");
    return `${within ? name[0].toLowerCase() + name.slice(1) : name}, ${clock.format(then)}`;
  };

  const localise = (root) => {
    const now = new Date();
    for (const time of root.querySelectorAll("time[data-local]")) {
      const then = new Date(time.dateTime);
      if (Number.isNaN(then.getTime())) continue;
      const within = time.dataset.local === "within" || /[\p{L},] $/u.test(time.previousSibling?.data ?? "");
      time.textContent = words(then, now, within);
      time.title = `${london.format(then)}, London`;
    }
  };

  localise(document);
  document.addEventListener("htmx:load", (event) => localise(event.detail.elt.parentNode ?? document));
})();
