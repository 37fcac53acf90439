// A reaction swaps the foot of its post. Without this script the button sends the page's form and the post is shown again.
(() => {
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target.id !== "r" || !button?.closest(".post-foot")) return;
    event.preventDefault();
    htmx.ajax("POST", event.target.action, {
      source: button,
      target: button.closest(".post-foot"),
      swap: "outerHTML",
      values: { say: button.value },
      headers: { "X-CSRFToken": event.target.elements.csrfmiddlewaretoken.value },
    });
  });
})();
