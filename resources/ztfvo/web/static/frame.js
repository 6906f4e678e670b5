// A page of this site that is shown in a frame of another, once somebody asks for it.

/** Let a link open its page in the place that it names, and close it again. */
export function openOnDemand(link) {
  const place = document.getElementById(link.dataset.frame);
  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", "false");
  link.setAttribute("aria-controls", place.id);
  const toggle = (event) => {
    event.preventDefault();
    if (!place.firstChild) {
      const frame = document.createElement("iframe");
      frame.src = link.href;
      frame.title = link.textContent;
      place.append(frame);
    }
    place.hidden = !place.hidden;
    link.setAttribute("aria-expanded", String(!place.hidden));
  };
  link.addEventListener("click", toggle);
  link.addEventListener("keydown", (event) => {
    if (event.key === " ") toggle(event);
  });
}
