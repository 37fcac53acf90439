// Takes the reader to what stands in the way: the error summary, or else what the text may give away; also when htmx put it there, and
// from the lines of the summary to the fields.
(() => {
  const focusSummary = (root) => (root.querySelector?.(".errors[tabindex]") ?? root.querySelector?.(".guard[tabindex]"))?.focus();

  focusSummary(document);
  document.addEventListener("htmx:afterSettle", (event) => focusSummary(event.detail.elt));
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".errors a[href^='#']");
    const control = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!control) return;
    event.preventDefault();
    control.closest(".field, fieldset")?.scrollIntoView({ block: "start" });
    control.focus({ preventScroll: true });
  });
})();
