// Proposes the zone that the reader's own clock says, where nobody has chosen one yet. Without it London stands there.
(() => {
  const alike = { "Europe/Belfast": "Europe/London", "Europe/Guernsey": "Europe/London", "Europe/Isle_of_Man": "Europe/London", "Europe/Jersey": "Europe/London", "GB": "Europe/London", "Europe/Madrid": "Europe/Paris", "Europe/Brussels": "Europe/Paris", "Europe/Amsterdam": "Europe/Paris", "Europe/Rome": "Europe/Berlin", "Europe/Oslo": "Europe/Berlin", "Europe/Stockholm": "Europe/Berlin", "Europe/Copenhagen": "Europe/Berlin", "Europe/Zurich": "Europe/Berlin", "Europe/Malta": "Europe/Berlin", "Europe/Prague": "Europe/Warsaw", "Europe/Vienna": "Europe/Warsaw", "Europe/Budapest": "Europe/Warsaw", "Europe/Sofia": "Europe/Athens", "Europe/Bucharest": "Europe/Athens", "Europe/Helsinki": "Europe/Athens", "Asia/Calcutta": "Asia/Kolkata", "Australia/Melbourne": "Australia/Sydney", "America/Toronto": "America/New_York", "America/Vancouver": "America/Los_Angeles" };
  const here = new Intl.DateTimeFormat("en-GB").resolvedOptions().timeZone;
  for (const select of document.querySelectorAll("select[data-guess-zone]")) {
    const wanted = alike[here] ?? here;
    if (select.value === "Europe/London" && [...select.options].some((option) => option.value === wanted)) select.value = wanted;
  }
})();
