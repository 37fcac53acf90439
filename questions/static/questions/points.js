// Tells, as points are shared out, how many are left. Without it the server tells the same when the page is sent.
(() => {
  if (document.documentElement.dataset.pointsTold) return;
  document.documentElement.dataset.pointsTold = "yes";
  const tell = (question) => {
    const total = Number(question.dataset.points);
    let shared = 0;
    for (const field of question.querySelectorAll("input[type=text]")) {
      const typed = field.value.trim();
      const wrong = typed !== "" && !/^[0-9]{1,9}$/.test(typed);
      if (wrong) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
      shared += wrong ? 0 : Number(typed);
    }
    const say = (number) => number.toLocaleString("en-GB");
    const told = question.querySelector("[data-left]");
    const left = total - shared;
    told.textContent =
      left < 0
        ? `${say(shared)} of ${say(total)} points shared out: ${say(-left)} too many`
        : left === 0
          ? `All ${say(total)} points are shared out`
          : `${say(left)} of ${say(total)} points left`;
  };
  document.addEventListener("input", (event) => {
    const question = event.target.closest("[data-points]");
    if (question) tell(question);
  });
})();
