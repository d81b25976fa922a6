// What the tests look at on a page. Each function is called by its name; none changes what is shown.

const looks = {
  // Everything that the Tab key must reach, in the order of the document.
  reachable() {
    const groups = new Set();
    return [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
      .filter((each) => each.tabIndex >= 0 && !each.disabled && each.type !== "hidden")
      .filter((each) => each.getClientRects().length > 0 && each.checkVisibility())
      .filter((each) => {
        if (each.type !== "radio") return true;
        const key = `${each.form && each.form.action} ${each.name}`;
        const chosen = document.querySelector(`input[name="${CSS.escape(each.name)}"]:checked`);
        if (chosen) return each === chosen;
        if (groups.has(key)) return false;
        groups.add(key);
        return true;
      });
  },

  // How an element and what stands for it (its label, for our own radio buttons) is marked.
  marks(element) {
    const label = element.labels && element.labels[0];
    const parts = [[element, null], [element, "::before"], [element, "::after"]];
    if (label) parts.push([label, null], [label, "::before"], [label, "::after"]);
    if (element.parentElement) parts.push([element.parentElement, null]);
    return parts
      .map(([each, pseudo]) => {
        const look = getComputedStyle(each, pseudo);
        const outline = parseFloat(look.outlineWidth) && look.outlineStyle !== "none";
        return [
          outline ? look.outline : "",
          look.boxShadow,
          look.backgroundColor,
          parseFloat(look.borderBottomWidth) ? look.borderBottom : "",
        ].join("|");
      })
      .join(" ");
  },

  // Whether the middle of the element with focus can be seen, and nothing lies on top of it.
  isCovered() {
    const element = document.activeElement;
    const box = element.getBoundingClientRect();
    // A tall box is only brought into view as far as its first line, where one begins to write.
    const line = Math.min(box.height / 2, 16);
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + line);
    if (!top) return true;
    const own = [element, ...(element.labels || [])];
    return !own.some((each) => each.contains(top) || top.contains(each));
  },

  // Elements that stick out of the window to the side.
  sticksOut() {
    const width = document.documentElement.clientWidth;
    const wider = [...document.querySelectorAll("body *")].filter((each) => {
      const box = each.getBoundingClientRect();
      return box.width > 0 && box.right > width + 1 && getComputedStyle(each).position !== "absolute";
    });
    return wider.map((each) => each.outerHTML.slice(0, 120));
  },

  // Elements whose own words are cut off by their box.
  cutOff() {
    return [...document.querySelectorAll("main *, header *, footer *")]
      .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
      .filter((each) => {
        const look = getComputedStyle(each);
        const hides = look.overflowX !== "visible" || look.overflowY !== "visible";
        if (!hides || each.closest("[aria-hidden=true], .govuk-visually-hidden, textarea, select")) return false;
        return each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1;
      })
      .map((each) => each.outerHTML.slice(0, 120));
  },

  // Inputs and buttons that nothing but a colour sets apart from the page.
  borderless() {
    return looks
      .reachable()
      .filter((each) => !["A", "SUMMARY"].includes(each.tagName) && each.closest("main"))
      .filter((each) => {
        const label = each.labels && each.labels[0];
        const parts = [[each, null]];
        if (label) parts.push([label, "::before"]);
        return !parts.some(([part, pseudo]) => {
          const look = getComputedStyle(part, pseudo);
          return parseFloat(look.borderTopWidth) > 0 && look.borderTopStyle !== "none";
        });
      })
      .map((each) => each.outerHTML.slice(0, 120));
  },

  // Begins to note what is seen at each stop, just before the next key; tells how many there are.
  beginWalk() {
    const stops = looks.reachable();
    const unmarked = stops.map((each) => looks.marks(each));
    const seen = [];
    const note = () => {
      const here = document.activeElement;
      const place = stops.indexOf(here);
      if (here === document.body && !seen.length) return;
      seen.push({
        place,
        isMarked: place >= 0 && looks.marks(here) !== unmarked[place],
        isCovered: looks.isCovered(),
        markup: here.outerHTML.slice(0, 150),
      });
    };
    addEventListener("keydown", note, true);
    window.endWalk = () => {
      removeEventListener("keydown", note, true);
      note();
      return seen;
    };
    return stops.length;
  },

  // Ends it, and tells what has been seen.
  endWalk() {
    return window.endWalk();
  },

  // The words of each link in the error summary, where it leads, and what is told of that field.
  faultyFields() {
    return [...document.querySelectorAll(".govuk-error-summary a")].map((link) => {
      const target = link.getAttribute("href").split("#")[1];
      const field = document.getElementById(target);
      const by = [field, field.closest("fieldset")]
        .map((each) => each && each.getAttribute("aria-describedby"))
        .filter(Boolean)
        .join(" ");
      const told = by.split(" ").map((id) => document.getElementById(id)?.textContent).join(" ");
      return [words(link.textContent), target, words(told)];
    });
  },
};

function words(text) {
  return text.trim().split(/\s+/).join(" ");
}
