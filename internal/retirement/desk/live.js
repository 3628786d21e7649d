// The page is complete without this; with it, it stays up to date.
const events = new EventSource("events");
events.addEventListener("main", (event) => {
  const update = JSON.parse(event.data);
  const main = document.getElementById("main");
  // What a viewer reads or has opened stays as it is.
  const focused = document.activeElement && main.contains(document.activeElement);
  if (!focused && !main.querySelector("details[open]") && main.innerHTML.trim() !== update.html.trim()) main.innerHTML = update.html;
  document.getElementById("live").textContent = "live, as of " + update.at;
});
events.onerror = () => { document.getElementById("live").textContent += " (connection lost)"; events.onerror = null; };
