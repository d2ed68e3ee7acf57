// Leads from the old address of a section to where it stands now.

const moved = JSON.parse(document.querySelector("[data-moved]")?.textContent ?? "{}");

const lead = () => {
  const page = moved[location.hash.slice(1)];
  if (page) location.replace(page + location.hash);
};

addEventListener("hashchange", lead);
lead();
