// Sections with headings as tabs (WAI-ARIA, tabs with automatic activation); without this code they stand one below the
// other.

/** Makes tabs of the sections of class view in a holder, the one that was chosen last first. */
export function tabbed(holder: HTMLElement, chosen: string, choose: (title: string) => void): void {
  const views = [...holder.querySelectorAll<HTMLElement>(":scope > .view")];
  if (views.length < 2) return;
  const list = document.createElement("div");
  list.className = "tabs";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "The answer as");
  const tabs = views.map((view) => tab(view));
  list.append(...tabs);
  holder.prepend(list);
  holder.classList.add("tabbed");

  function show(index: number): void {
    views.forEach((view, place) => {
      const own = place === index;
      view.hidden = !own;
      tabs[place]?.setAttribute("aria-selected", String(own));
      tabs[place]?.setAttribute("tabindex", own ? "0" : "-1");
    });
  }

  tabs.forEach((button, index) => {
    button.addEventListener("click", () => {
      show(index);
      choose(button.textContent ?? "");
    });
    button.addEventListener("keydown", (event) => {
      const steps: Record<string, number> = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 };
      const to = steps[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const next = tabs.at(to % tabs.length);
      next?.click();
      next?.focus();
    });
  });
  show(Math.max(0, tabs.findIndex((button) => button.textContent === chosen)));
}

function tab(view: HTMLElement): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.id = `${view.id}-tab`;
  button.textContent = view.querySelector("h3")?.textContent ?? "";
  button.setAttribute("role", "tab");
  button.setAttribute("aria-controls", view.id);
  view.setAttribute("role", "tabpanel");
  view.setAttribute("aria-labelledby", button.id);
  return button;
}
