// Returns what is wrong with the page for those who don't see it, or see it badly.
(() => {
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  if (!document.documentElement.lang) faults.push("no language");
  if (all("main").length !== 1) faults.push("not one main");
  if (all("h1").length !== 1) faults.push("not one h1");
  let level = 0;
  for (const h of all("h1,h2,h3,h4,h5,h6")) {
    const n = Number(h.tagName[1]);
    if (n > level + 1) faults.push("a heading level is left out before " + h.textContent);
    level = n;
  }
  const named = (e) => e.getAttribute("aria-label") || (e.getAttribute("aria-labelledby") && document.getElementById(e.getAttribute("aria-labelledby"))) || e.textContent.trim();
  for (const e of all("svg,img,a,button,section,[role=region]")) if (!named(e)) faults.push("no name: " + e.outerHTML.slice(0, 80));
  for (const e of all("svg")) if (e.getAttribute("role") !== "img") faults.push("a drawing without a role");
  for (const e of all("th")) if (!e.scope) faults.push("a header without a scope: " + e.textContent);
  for (const e of all("[aria-labelledby]")) if (!document.getElementById(e.getAttribute("aria-labelledby"))) faults.push("a label that is not there");
  const ids = all("[id]").map((e) => e.id);
  if (new Set(ids).size !== ids.length) faults.push("an id that is there twice");
  for (const e of all(".scroll")) if (e.tabIndex !== 0) faults.push("what scrolls is not in reach of the keyboard");

  const luminance = (color) => {
    const [r, g, b] = color.match(/[\d.]+/g).slice(0, 3).map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (e) => {
    for (; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (!/, 0\)$/.test(color) && color !== "transparent") return color;
    }
    return "rgb(255, 255, 255)";
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || ["SCRIPT", "STYLE", "TITLE", "title"].includes(e.tagName)) continue;
    const style = getComputedStyle(e);
    const ink = e instanceof SVGElement ? style.fill : style.color;
    const [a, b] = [luminance(ink), luminance(background(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const key = ink + background(e);
    if (ratio < 4.5 && !seen.has(key)) { seen.add(key); faults.push("contrast " + ratio.toFixed(1) + ": " + walker.currentNode.textContent.trim().slice(0, 40)); }
  }
  return faults;
})()
